"""The results page, and what the search box suggests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dailyfresh_core.answers import envelope
from dailyfresh_core.money import shown
from dailyfresh_core.paging import window
from dailyfresh_core.proxies import throttle_subject, visitor_address
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from ..conf import conf
from ..selectors import goods_types, popular
from .finding import SORTS, Found, Refinement, find
from .forms import LAST_PAGE, SearchForm
from .highlight import as_html
from .popular import popular_backend, popular_searches
from .suggestions import suggestions

ARROWS = {"price": "arrow-up", "-price": "arrow-down"}


@dataclass(frozen=True)
class Link:
    """Another view of the same results."""

    label: str
    url: str
    current: bool = False
    number: int | None = None
    arrow: str = ""


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET `?q=草莓&category=fruit&sort=-price&low=10&high=50&in_stock=on&page=2`: what the words find."""
    form = SearchForm(request.GET)
    words, refinement = form.words(), form.refinement()
    found = find(words, refinement) if words else None
    if found and found.number and refinement.page > found.pages:
        raise Http404
    if found and refinement == Refinement():
        _count(found, visitor=_visitor(request))
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "refinement": refinement,
        "found": found,
        "popular_searches": popular_searches(),
    }
    if found and found.number:
        context |= _around(found, refinement, words)
    if found is None or not found.unfiltered:
        context["popular"] = popular()
    return render(request, "dailyfresh_search/search.html", context)


@login_not_required
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """GET `?q=cao` → data {"items": [{"kind": "goods", "text": ..., "marks": [[2, 4]], "url": ...}, ...]}."""
    words = SearchForm(request.GET).words()
    return envelope({"items": suggestions(words) if words else [], "popular": [] if words else popular_searches()})


def _count(found: Found, *, visitor: str) -> None:
    """Counts a search if all it says is what its goods are called: what is counted is shown to others."""
    query, counter = found.query, popular_backend()
    if counter is None or not query.text:
        return
    if found.number and query.whole and not found.loose:
        counter.note(query.corrected or query.text, visitor=visitor)
    if (query.corrected or found.loose or not found.number) and not found.degraded:
        counter.drop(query.text)


def _visitor(request: HttpRequest) -> str:
    """Who searches, so that one visitor counts once."""
    return throttle_subject(visitor_address(request, trusted=conf.TRUSTED_PROXIES))


def _around(found: Found, refinement: Refinement, words: str) -> dict[str, Any]:
    """The sorts, categories, filters and pages that lead away from these results."""
    given = {
        "q": words,
        "category": refinement.category,
        "sort": refinement.sort,
        "low": refinement.lowest,
        "high": refinement.highest,
        "in_stock": "on" if refinement.in_stock else "",
    }

    def address(**other: object) -> str:
        return "?" + urlencode({key: value for key, value in (given | other).items() if value not in ("", None)})

    names = {
        "": _("Relevance"),
        "price": _("Price, lowest first"),
        "-price": _("Price, highest first"),
        "sales": _("Best sellers"),
        "newest": _("Newest"),
    }
    types = {type_.slug: type_.name for type_ in goods_types()}
    total = sum(found.categories.values())
    chips = []
    if refinement.category:
        chips.append(Link(types.get(refinement.category, refinement.category), address(category="")))
    if refinement.lowest is not None:
        chips.append(Link(_("From %s") % shown(refinement.lowest), address(low="")))
    if refinement.highest is not None:
        chips.append(Link(_("Up to %s") % shown(refinement.highest), address(high="")))
    if refinement.in_stock:
        chips.append(Link(_("In stock"), address(in_stock="")))
    last = min(found.pages, LAST_PAGE)
    near = sorted({1, last, *window(refinement.page, last)})
    return {
        "sorts": [
            Link(names[sort], address(sort=sort), sort == refinement.sort, arrow=ARROWS.get(sort, "")) for sort in SORTS
        ],
        "categories": [
            Link(_("All"), address(category=""), not refinement.category, total),
            *(
                Link(types.get(slug, slug), address(category=slug), slug == refinement.category, n)
                for slug, n in found.categories.items()
            ),
        ],
        "chips": chips,
        "reset": address(category="", low="", high="", in_stock=""),
        "pages": [Link(str(number), address(page=number), number == refinement.page, number) for number in near],
        "previous": address(page=refinement.page - 1) if refinement.page > 1 else "",
        "next": address(page=refinement.page + 1) if refinement.page < last else "",
        "shown": [(hit.card, as_html(hit.name)) for hit in found.hits],
        "nearby": [type_ for type_ in goods_types() if type_.slug in found.categories][:1],
    }
