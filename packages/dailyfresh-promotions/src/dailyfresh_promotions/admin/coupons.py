"""Batches of coupons, what is handed out, and the coupons themselves."""

from typing import Any

from dailyfresh_core.admin.exports import Exported
from dailyfresh_core.admin.lists import ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Batch, Coupon, Issue, Redemption
from ..models.coupons import folded
from ..services import unknown_names, void
from ..stored_rules import CouponKind
from .terms import GOODS, SUMS, TermsAdmin, TermsForm


class BatchForm(TermsForm):
    def clean_code(self) -> str | None:
        """As it is kept, so that one that another batch has is told here."""
        return folded(self.cleaned_data["code"] or "") or None


@admin.register(Batch)
class BatchAdmin(TermsAdmin):
    form = BatchForm
    kinds = CouponKind
    list_display = ["name", "gives", "active", "code", "total", "issued", "in_orders", "used", "sold", "cost"]
    list_filter = ["kind", "active", "shown"]
    search_fields = ["name", "label", "code"]
    actions = ["stop", "make_void", "export"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        beside = [] if self.kind_of(request, obj) == CouponKind.FREIGHT else ["with_activity"]
        return [
            (None, {"fields": [*self.words(), "active", *self.numbers(request, obj), *beside]}),
            (_("Goods"), {"fields": GOODS}),
            (_("How many, and for how long"), {"fields": ["total", "per_user", "starts", "ends", "days"]}),
            (_("Where it is had, and when it comes back"), {"fields": ["shown", "code", "returns", "grace_days"]}),
        ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Batch]":
        state = Coupon.State
        out = Coupon.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
        mine = Coupon.objects.filter(batch=OuterRef(OuterRef("pk"))).values("pk")
        taken = Redemption.objects.filter(coupon_id__in=mine).exclude(state=Redemption.State.RELEASED).order_by()
        batches: QuerySet[Batch] = super().get_queryset(request)
        counts = {
            "n_issued": Count("pk"),
            "n_held": Count("pk", filter=Q(state=state.HELD)),
            "n_used": Count("pk", filter=Q(state=state.USED)),
        }
        together = taken.annotate(one=Value(1)).values("one")
        sums = {name: together.annotate(n=Sum(column)).values("n") for name, column in SUMS.items()}
        found = {name: out.annotate(n=count).values("n") for name, count in counts.items()}
        return batches.annotate(**{name: Subquery(rows) for name, rows in (found | sums).items()})

    @admin.display(description=_("issued"), ordering="n_issued")
    def issued(self, row: Any) -> int:
        return row.n_issued or 0

    @admin.display(description=_("in orders"), ordering="n_held")
    def in_orders(self, row: Any) -> int:
        return row.n_held or 0

    @admin.display(description=_("used"), ordering="n_used")
    def used(self, row: Any) -> int:
        return row.n_used or 0

    @admin.action(description=_("Stop and make void what is free"), permissions=["change"])
    def make_void(self, request: HttpRequest, queryset: "QuerySet[Batch]") -> None:
        number = sum(void(batch) for batch in queryset)
        self.message_user(request, _("%(n)d coupons are void.") % {"n": number})


@admin.register(Issue)
class IssueAdmin(ShopAdmin):
    """Handing a batch out: asked for here, done by the drain."""

    list_display = ["batch", "issued", "made_at", "done_at"]
    fields = ["batch", "usernames"]

    def save_model(self, request: HttpRequest, obj: Issue, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if nobody := unknown_names(obj):
            words = _("There is nobody of these names: %(names)s") % {"names": ", ".join(nobody[:20])}
            self.message_user(request, words, messages.WARNING)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Coupon)
class CouponAdmin(ReadOnly, Exported, ShopAdmin):
    actions = ["export"]
    list_display = ["number", "batch", "user", "state", "starts", "ends", "reference"]
    list_filter = ["state", "batch"]
    list_select_related = ["batch", "user"]
    search_fields = ["number", "reference"]
