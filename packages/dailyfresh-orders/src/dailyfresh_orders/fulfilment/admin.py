"""What staff see of the packing: who packed what, pick by pick. Nothing can be typed into it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dailyfresh_core.admin.lists import ForgivingChangeList, ReadOnly
from dailyfresh_core.admin.shop import ShopAdmin
from dailyfresh_core.days import day_said
from dailyfresh_core.pricing.measures import spoken
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ..admin.readonly import ReadOnlyInline
from ..days import today
from ..forms.shipping import REASONABLE
from ..joins import catalogue
from .batches import receive_batch, scrap_batch
from .models import Batch, Pick, PickedBatch, Picking
from .report import day_of_boxes, named


class PicksInline(ReadOnlyInline):
    model = Pick
    fields = ("at", "by", "line", "sku_id", "quantity", "grams", "gone")


class DayForm(forms.Form):
    day = forms.DateField(validators=REASONABLE)


class BatchesInline(ReadOnlyInline):
    model = PickedBatch
    fields = ("batch", "quantity")


@admin.register(Picking)
class PickingAdmin(ReadOnly, ShopAdmin):
    list_display = ("order", "state", "by", "begun_at", "done_at")
    list_filter = ("state", "done_at")
    search_fields = ("order__number",)
    list_select_related = ("order", "by")
    inlines = (PicksInline, BatchesInline)

    def own_urls(self) -> Sequence[URLPattern]:
        return (self.page_at("day/", self.day_view, "dailyfresh_fulfilment_day"),)

    def day_view(self, request: HttpRequest) -> HttpResponse:
        """What became of a day's boxes."""
        form = DayForm(request.GET)
        day = form.cleaned_data["day"] if form.is_valid() else today()
        title = gettext("Boxes of %(day)s") % {"day": day_said(day)}
        return self.page(request, "admin/dailyfresh_fulfilment/picking/day.html", title, found=day_of_boxes(day))


class BatchForm(forms.ModelForm):  # type: ignore[type-arg]
    """A batch that comes in; afterwards only its last day can be put right."""

    received = forms.IntegerField(
        min_value=1,
        max_value=99_999_999,
        label=_("came in"),
        help_text=_("Pieces, or grams of what is sold by weight."),
    )

    class Meta:
        model = Batch
        fields = ("sku_id", "code", "best_before", "received")

    def clean_sku_id(self) -> str:
        sku_id = str(self.cleaned_data["sku_id"])
        if sku_id not in catalogue().find([sku_id]):
            raise forms.ValidationError(_("Nothing that is sold goes by “%(code)s”.") % {"code": sku_id})
        return sku_id


class Ending(admin.SimpleListFilter):
    title = _("best before")
    parameter_name = "ends"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("over", _("past its last day")), ("3", _("ends within 3 days"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Batch]") -> "QuerySet[Batch]":
        if self.value() == "over":
            return queryset.filter(best_before__lt=today(), left__gt=0)
        if self.value() == "3":
            return queryset.filter(best_before__lte=today() + timedelta(days=3), left__gt=0)
        return queryset


class Named(ForgivingChangeList):
    """A page of batches with the names of their goods, found in one go."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        row: Any
        for row, name, measure in named(self.result_list):
            row.goods, row.measure = name, measure


@admin.register(Batch)
class BatchAdmin(ShopAdmin):
    """Taking a batch in adds to the stock; throwing one away takes off it."""

    form = BatchForm
    list_display = ("sku_id", "name", "code", "best_before", "there", "came", "received_at")
    list_filter = (Ending,)
    search_fields = ("sku_id", "code")
    ordering = ("best_before", "pk")
    actions = ("scrap",)

    def get_readonly_fields(self, request: HttpRequest, obj: Batch | None = None) -> tuple[str, ...]:
        return ("sku_id", "code", "received") if obj else ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Named

    @admin.display(description=_("name"))
    def name(self, batch: Batch) -> str:
        return str(getattr(batch, "goods", ""))

    @admin.display(description=_("left"), ordering="left")
    def there(self, batch: Batch) -> str:
        return spoken(batch.left, getattr(batch, "measure", None))

    @admin.display(description=_("came in"), ordering="received")
    def came(self, batch: Batch) -> str:
        return spoken(batch.received, getattr(batch, "measure", None))

    def save_model(self, request: HttpRequest, obj: Batch, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["best_before"])
            return
        made = receive_batch(sku_id=obj.sku_id, code=obj.code, quantity=obj.received, best_before=obj.best_before)
        obj.pk, obj.left, obj.received_at = made.pk, made.left, made.received_at
        obj._state.adding = False

    @admin.action(description=_("Throw away what is left of the selected batches"), permissions=["change"])
    def scrap(self, request: HttpRequest, chosen: "QuerySet[Batch]") -> None:
        gone = sum(bool(scrap_batch(batch_id=pk)) for pk in chosen.values_list("pk", flat=True))
        said = ngettext("%(n)d batch was thrown away.", "%(n)d batches were thrown away.", gone)
        messages.success(request, said % {"n": gone})
