"""Prices of many goods at once, looked at before they hold; and the prices that are planned."""

from decimal import Decimal
from typing import Any

from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django import forms
from django.contrib import admin, messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import services
from ..models import SKU, PricePlan
from .imports import OfAdmin

MOST = 1000
"""SKUs whose prices are changed at once."""
SEEN = "dailyfresh_goods.prices"
MOMENT = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
STEPS: list[tuple[str, Any]] = [
    ("", gettext_lazy("as reckoned")),
    *((name, f"…{rest or step:.2f}") for name, (step, rest) in services.ENDINGS.items()),
]


class PricesForm(forms.Form):
    """How the prices of the chosen SKUs become others, and when."""

    pks = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    way = forms.ChoiceField(label=gettext_lazy("Change"), choices=services.WAYS.items())
    value = forms.DecimalField(label=gettext_lazy("Value"), max_digits=10, decimal_places=2)
    ending = forms.ChoiceField(label=gettext_lazy("Prices end in"), choices=STEPS, required=False)
    starts = forms.DateTimeField(label=gettext_lazy("From (empty: now)"), required=False, widget=MOMENT)
    ends = forms.DateTimeField(label=gettext_lazy("Until (empty: for good)"), required=False, widget=MOMENT)
    strike = forms.BooleanField(label=gettext_lazy("Show the former price struck out"), required=False)
    why = forms.CharField(label=gettext_lazy("Why (for the log)"), max_length=200, required=False)

    def clean_pks(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["pks"].split(",")[:MOST]]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = data.get("starts"), data.get("ends")
        if starts and starts <= timezone.now():
            self.add_error("starts", _("This moment has passed."))
        if ends and ends <= (starts or timezone.now()):
            self.add_error("ends", _("The end lies before the beginning."))
        return data

    @property
    def asked(self) -> dict[str, Any]:
        """What the services are asked with."""
        data = self.cleaned_data
        return {
            "repricing": services.Repricing(data["way"], data["value"], data["ending"]),
            "when": services.Span(data["starts"], data["ends"]),
        }


class PricesView(OfAdmin):
    """POST shows what the prices would be, and with `apply` makes them so: those that were shown and no others."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PricesForm(request.POST)
        if not form.is_valid():
            return self.shown(request, form, status=400)
        if "apply" in request.POST:
            try:
                seen = signing.loads(form.cleaned_data["seen"], salt=SEEN)
            except signing.BadSignature:
                return self.shown(request, form, status=400)
            return self._changed(request, form, {int(pk): Decimal(price) for pk, price in seen.items()})
        return self.shown(request, form, services.preview_prices(pks=form.cleaned_data["pks"], **form.asked))

    def _changed(self, request: HttpRequest, form: PricesForm, seen: dict[int, Decimal]) -> HttpResponse:
        data = form.cleaned_data
        number, left_out = services.change_prices(
            seen=seen, strike=data["strike"], by=request.user, why=data["why"], **form.asked
        )
        sentence = ngettext("%d price is changed.", "%d prices are changed.", number)
        if data["starts"]:
            sentence = ngettext("%d price is planned.", "%d prices are planned.", number)
        messages.add_message(request, messages.SUCCESS if number else messages.WARNING, sentence % number)
        for row in left_out[:20]:
            messages.warning(request, f"{row.sku}: {row.fault}")
        return redirect("admin:dailyfresh_goods_sku_changelist")

    def shown(
        self, request: HttpRequest, form: PricesForm, rows: "list[services.Repriced] | None" = None, status: int = 200
    ) -> HttpResponse:
        """The form, with what it would do."""
        seen = signing.dumps({row.sku.pk: str(row.sku.price) for row in rows or ()}, salt=SEEN, compress=True)
        moving = sum(row.moves for row in rows or ())
        page = self.page(request, "prices.html", _("Change prices"), form=form, rows=rows, seen=seen, moving=moving)
        page.status_code = status
        return page


class Pricing:
    """The list's action that leads there."""

    @admin.action(description=gettext_lazy("Change prices…"), permissions=["change"])
    def change_prices(self, request: HttpRequest, chosen: QuerySet[SKU]) -> HttpResponse:
        pks = ",".join(map(str, chosen.order_by("pk").values_list("pk", flat=True)[:MOST]))
        view = PricesView(model_admin=self)
        form = PricesForm(initial={"pks": pks, "way": services.PERCENT})
        return view.shown(request, form)


@admin.register(PricePlan)
class PricePlanAdmin(ReadOnly, ShopAdmin):
    list_display = ("sku", "was", "price", "starts", "ends", "state", "by", "why")
    list_display_links = None
    list_filter = ("state", "starts")
    list_select_related = ("sku",)
    list_per_page = 50
    search_fields = ("sku__name", "sku__slug", "=by")
    actions = ("call_off",)

    @admin.action(description=gettext_lazy("Call off, or end now"))
    def call_off(self, request: HttpRequest, chosen: QuerySet[PricePlan]) -> None:
        if not request.user.has_perm("dailyfresh_goods.change_sku"):
            raise PermissionDenied
        number = sum(services.call_off(plan=plan) for plan in chosen)
        text = ngettext("%d planned price is called off.", "%d planned prices are called off.", number) % number
        self.message_user(request, text, messages.SUCCESS if number else messages.WARNING)
