"""What staff narrow the list of orders by."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from ..gateways import configured
from ..models import Order


class WorkList(admin.SimpleListFilter):
    """The state, with what is to be shipped first: that is today's work."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [("all", gettext_lazy("All")), *Order.State.choices]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value}, ["p"])
            yield {"selected": (self.value() or Order.State.TO_SHIP) == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Order]") -> "QuerySet[Order]":
        if self.value() == "all" or (self.value() is None and request.GET.get("q")):
            return queryset
        return queryset.filter(state=self.value() or Order.State.TO_SHIP)


class PaymentMethod(admin.SimpleListFilter):
    """The ways to pay as they are configured: to ask a million orders which they know takes most of a second."""

    title = gettext_lazy("payment method")
    parameter_name = "payment_method"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(gateway.code, gateway.label) for gateway in configured()]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Order]") -> "QuerySet[Order]":
        return queryset.filter(payment_method=self.value()) if self.value() else queryset
