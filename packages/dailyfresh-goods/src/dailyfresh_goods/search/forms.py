"""What may stand behind the question mark of the results page; nonsense counts as not given."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .finding import SORTS, Refinement
from .words.normal import LONGEST

LAST_PAGE = 50


class SearchForm(forms.Form):
    """The words and the filters; `refinement()` is what of them is understood."""

    q = forms.CharField(label=_("Search goods"), required=False, max_length=None)
    category = forms.SlugField(label=_("Category"), required=False)
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS], required=False)
    low = forms.DecimalField(label=_("Lowest price"), required=False, min_value=0, max_digits=8, decimal_places=2)
    high = forms.DecimalField(label=_("Highest price"), required=False, min_value=0, max_digits=8, decimal_places=2)
    in_stock = forms.BooleanField(label=_("In stock"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=LAST_PAGE)

    def words(self) -> str:
        """What was typed, cut to what is looked at."""
        self.is_valid()
        return "".join(self.data.get("q", "")[: LONGEST * 4].split("\x00")).strip()

    def refinement(self) -> Refinement:
        """The filters that are valid."""
        self.is_valid()
        data: dict[str, Any] = self.cleaned_data
        return Refinement(
            category=data.get("category") or "",
            sort=data.get("sort") or "",
            lowest=data.get("low"),
            highest=data.get("high"),
            in_stock=bool(data.get("in_stock")),
            page=data.get("page") or 1,
        )
