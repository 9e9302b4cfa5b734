"""What visitors may ask of a list of goods."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.pricing.money import shown
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import SKU
from .selectors import FACETS, Facets, Filters


class FilterForm(forms.Form):
    """The filters of a list. What is not understood is said, and does not filter."""

    in_stock = forms.BooleanField(label=gettext_lazy("In stock"), required=False)
    offers = forms.BooleanField(label=gettext_lazy("On offer"), required=False)
    low = forms.DecimalField(
        label=gettext_lazy("Lowest price"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    high = forms.DecimalField(
        label=gettext_lazy("Highest price"), required=False, min_value=0, max_digits=10, decimal_places=2
    )

    origin = forms.CharField(label=gettext_lazy("Origin"), required=False, max_length=40)
    storage = forms.ChoiceField(label=gettext_lazy("Storage"), choices=SKU.Storage.choices, required=False)
    label = forms.CharField(label=gettext_lazy("Label"), required=False, max_length=12)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("The highest price is below the lowest."))
        return data

    def given(self) -> dict[str, str]:
        """What is asked for as a query writes it, one spelling for one meaning."""
        if not self.data:  # most lists are asked for without conditions
            return {}
        self.is_valid()
        data = self.cleaned_data
        given = {name: "1" for name in ("in_stock", "offers") if data.get(name)}
        given |= {name: data[name] for name in FACETS if data.get(name)}
        return given | {name: f"{data[name]:f}" for name in ("low", "high") if data.get(name) is not None}

    def filters(self) -> Filters:
        """The conditions that are valid."""
        given = self.given()
        low, high = given.get("low"), given.get("high")
        return Filters(
            in_stock="in_stock" in given,
            offers="offers" in given,
            low=Decimal(low) if low else None,
            high=Decimal(high) if high else None,
            **{name: given[name] for name in FACETS if name in given},
        )

    def query(self, **other: object) -> str:
        """The query that asks for the same but for `other`, without what was not understood; empty without conditions."""
        asked: dict[str, object] = self.given() | other
        return urlencode({name: value for name, value in asked.items() if value != ""})

    def names(self, facets: Facets | None = None) -> dict[str, str]:
        """Name of a condition -> what it is called where it can be dropped; `facets` says how their words are read."""
        given = self.given()
        read: dict[tuple[str, str], str] = {
            (name, word): text for name, words in (facets or {}).items() for word, text, _n in words
        }
        read |= {("storage", word): str(text) for word, text in SKU.Storage.choices}
        return {
            "in_stock": _("In stock"),
            "offers": _("On offer"),
            **{name: read.get((name, given.get(name, "")), given.get(name, "")) for name in FACETS},
            "low": _("From %s") % shown(Decimal(given.get("low", 0))),
            "high": _("Up to %s") % shown(Decimal(given.get("high", 0))),
        }
