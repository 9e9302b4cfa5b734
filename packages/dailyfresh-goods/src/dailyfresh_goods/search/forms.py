"""What may stand behind the question mark of the results page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..forms import FilterForm
from ..selectors import Facets, goods_types
from .results.finding import SORTS, Refinement
from .words.normal import LONGEST

LAST_PAGE = 50


class SearchForm(FilterForm):
    """The words and the filters; `refinement()` is what of them is understood."""

    offers = origin = storage = label = None  # type: ignore[assignment]  # no document says so
    q = forms.CharField(label=_("Search goods"), required=False, max_length=None)
    category = forms.SlugField(label=_("Category"), required=False)
    sort = forms.ChoiceField(choices=[(sort, sort) for sort in SORTS], required=False)
    page = forms.IntegerField(required=False, min_value=1)

    def words(self) -> str:
        """What was typed, cut to what is looked at."""
        self.is_valid()
        return "".join(self.data.get("q", "")[: LONGEST * 4].split("\x00")).strip()

    def given(self) -> dict[str, str]:
        given = super().given()
        more = {"q": self.words(), "category": self.cleaned_data.get("category"), "sort": self.cleaned_data.get("sort")}
        return {name: value for name, value in more.items() if value} | given

    def names(self, facets: Facets | None = None) -> dict[str, str]:
        category = self.given().get("category", "")
        name = next((type_.name for type_ in goods_types() if type_.slug == category), category)
        return {"category": name, **super().names(facets)}

    def refinement(self) -> Refinement:
        """What is valid of the filters."""
        given = self.given()
        page = min(self.cleaned_data.get("page") or 1, LAST_PAGE + 1)
        return Refinement(given.get("category", ""), given.get("sort", ""), self.filters(), page)
