"""Where orders come, and the patterns and holidays that windows are made by."""

from typing import Any

from dailyfresh_core.admin.lists import InOtherLanguages
from dailyfresh_core.admin.shop import ShopAdmin
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Holiday, Pattern, PickupPoint, Zone, ZoneArea

DAYS = [(0, _("Mon")), (1, _("Tue")), (2, _("Wed")), (3, _("Thu")), (4, _("Fri")), (5, _("Sat")), (6, _("Sun"))]


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]
    codes = forms.CharField(
        label=_("codes of its areas"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Provinces (2 digits), cities (4) and districts (6) as in GB/T 2260; the longest code decides."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["codes"] = " ".join(self.instance.areas.values_list("code", flat=True))

    def clean_codes(self) -> list[str]:
        codes = list(dict.fromkeys(self.cleaned_data["codes"].replace(",", " ").split()))
        for code in codes:
            ZoneArea._meta.get_field("code").run_validators(code)
        if theirs := ZoneArea.objects.filter(code__in=codes).exclude(zone=self.instance.pk).first():
            raise ValidationError(_("%(code)s belongs to %(zone)s."), params={"code": theirs.code, "zone": theirs.zone})
        return codes


@admin.register(Zone)
class ZoneAdmin(InOtherLanguages, ShopAdmin):
    form = ZoneForm
    list_display = ["name", "base", "free_from", "areas_said"]
    search_fields = ["name", "areas__code"]
    fieldsets = [
        (None, {"fields": ["name", "codes"]}),
        (_("What it costs"), {"fields": ["base", "free_from", "first_grams", ("step_grams", "per_step")]}),
    ]

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Zone]":
        zones: QuerySet[Zone] = super().get_queryset(request).prefetch_related("areas")
        return zones

    @admin.display(description=_("areas"))
    def areas_said(self, zone: Zone) -> str:
        return " ".join(area.code for area in zone.areas.all()[:12])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        codes, areas = form.cleaned_data["codes"], form.instance.areas
        areas.exclude(code__in=codes).delete()
        there = set(areas.values_list("code", flat=True))
        ZoneArea.objects.bulk_create(ZoneArea(zone=form.instance, code=code) for code in codes if code not in there)


@admin.register(PickupPoint)
class PickupPointAdmin(InOtherLanguages, ShopAdmin):
    list_display = ["name", "address", "phone"]
    fields = ["name", "address", "phone"]
    search_fields = ["name", "address"]


class PatternForm(forms.ModelForm):  # type: ignore[type-arg]
    days = forms.TypedMultipleChoiceField(
        label=_("weekdays"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["days"] = [day for day, _name in DAYS if self.instance.weekdays >> day & 1]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.instance.weekdays = sum(1 << day for day in cleaned.get("days", ()))
        return cleaned


@admin.register(Pattern)
class PatternAdmin(ShopAdmin):
    form = PatternForm
    list_display = ["__str__", "days_said", "capacity", "capacity_grams", "fee"]
    list_filter = ["zone", "point"]
    list_select_related = ["zone", "point"]
    fieldsets = [
        (None, {"fields": [("zone", "point"), "days", ("start", "end")]}),
        (_("How many"), {"fields": [("capacity", "capacity_grams"), "fee"]}),
        (_("Until when"), {"fields": ["cut_off_minutes", ("cut_off_time", "cut_off_days")]}),
    ]

    @admin.display(description=_("weekdays"))
    def days_said(self, pattern: Pattern) -> str:
        return " ".join(str(name) for day, name in DAYS if pattern.weekdays >> day & 1)


@admin.register(Holiday)
class HolidayAdmin(ShopAdmin):
    list_display = ["date", "zone", "name"]
    list_filter = ["zone"]
    list_select_related = ["zone"]

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Holiday]") -> None:
        """One by one: each opens its day again."""
        for holiday in queryset:
            holiday.delete()
