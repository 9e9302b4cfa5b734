"""What staff fill in to ship orders and to choose the days of the dashboard."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..days import today

MAX_DAYS = 366
# Far from the ends of the calendar, where a day before or a time zone leads out of it.
REASONABLE = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]


class ShipForm(forms.Form):
    """The parcel of one order."""

    carrier = forms.CharField(label=_("Carrier"), max_length=40)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=64, required=False)


class RangeForm(forms.Form):
    """Two days, both included; the last 14 days when nothing is given."""

    since = forms.DateField(
        label=pgettext_lazy("first day", "From"),
        required=False,
        validators=REASONABLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=pgettext_lazy("last day", "To"),
        required=False,
        validators=REASONABLE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        until = data.get("until") or today()
        since = data.get("since") or until - timedelta(days=13)
        if since > until:
            raise ValidationError(_("The first day is after the last one."))
        if (until - since).days >= MAX_DAYS:
            raise ValidationError(_("At most a year at once."))
        return {"since": since, "until": until}


def asked_range(query: QueryDict) -> tuple[RangeForm, date, date]:
    """The form to show, and the days that are asked for: the last 14 where what is asked for makes no sense."""
    form = RangeForm(query)
    if not form.is_valid():
        return form, today() - timedelta(days=13), today()
    return RangeForm(initial=form.cleaned_data), form.cleaned_data["since"], form.cleaned_data["until"]
