"""What a picker sends from the shelf."""

from typing import Any

from dailyfresh_core.pricing.measures import MOST_GRAMS
from django import forms
from django.utils.crypto import get_random_string

from .labels import scanned


def new_key() -> str:
    """The key of one pick: pressed twice it is once."""
    return get_random_string(20)


class PickForm(forms.Form):
    """So much of a line; or of `sku_id` in its place, scanned or typed, where a scale's label brings its weight with it."""

    key = forms.RegexField(r"\A[0-9A-Za-z-]{6,36}\Z")
    line = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = forms.IntegerField(min_value=0, max_value=MOST_GRAMS)
    grams = forms.IntegerField(min_value=1, max_value=MOST_GRAMS, required=False)
    gone = forms.BooleanField(required=False)
    heavy = forms.BooleanField(required=False)
    sku_id = forms.CharField(max_length=64, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        found = scanned(data.get("sku_id", ""))
        return data | {"sku_id": found.code, "grams": data.get("grams") or found.grams}

    def pick(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["line_id"] = data.pop("line")
        return data
