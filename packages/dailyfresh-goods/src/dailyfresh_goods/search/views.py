"""The results page, and what the search box suggests."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from ..proxies import client_address, throttle_subject
from ..selectors import goods_types, popular
from ..views.respond import envelope
from .counting import drop_search, note_search, popular_searches
from .finding import SORTS, Found, Wish, find
from .forms import LAST_PAGE, SearchForm
from .highlight import as_html
from .suggestions import suggestions


@dataclass(frozen=True)
class Link:
    """Another view of the same results."""

    label: str
    url: str
    current: bool = False
    number: int | None = None
    hint: str = ""


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET `?q=草莓&category=fruit&sort=-price&low=10&high=50&in_stock=on&page=2`: what the words find."""
    form = SearchForm(request.GET)
    words, wish = form.words(), form.wish()
    found = find(words, wish) if words else None
    if found and wish == Wish():
        _count(found, visitor=_visitor(request))
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "wish": wish,
        "found": found,
        "popular_searches": popular_searches(),
    }
    if found and found.number:
        context |= _around(found, wish, words)
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
    query = found.query
    if found.number and query.whole and not found.loose:
        note_search(query.corrected or query.text, visitor=visitor)
    if (query.corrected or found.loose or not found.number) and not found.degraded:
        drop_search(query.text)


def _visitor(request: HttpRequest) -> str:
    """Who searches, so that one visitor counts once."""
    return throttle_subject(
        client_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))
    )


def _around(found: Found, wish: Wish, words: str) -> dict[str, Any]:
    """The sorts, categories, filters and pages that lead away from these results."""
    given = {
        "q": words,
        "category": wish.category,
        "sort": wish.sort,
        "low": wish.lowest,
        "high": wish.highest,
        "in_stock": "on" if wish.in_stock else "",
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
    if wish.category:
        chips.append(Link(types.get(wish.category, wish.category), address(category="")))
    if wish.lowest is not None:
        chips.append(Link(_("From ¥%s") % wish.lowest, address(low="")))
    if wish.highest is not None:
        chips.append(Link(_("Up to ¥%s") % wish.highest, address(high="")))
    if wish.in_stock:
        chips.append(Link(_("In stock"), address(in_stock="")))
    last = min(found.pages, LAST_PAGE)
    near = sorted({1, last, *range(max(1, wish.page - 2), min(last, wish.page + 2) + 1)})
    return {
        "sorts": [Link(names[sort], address(sort=sort), sort == wish.sort, hint=sort) for sort in SORTS],
        "categories": [
            Link(_("All"), address(category=""), not wish.category, total),
            *(
                Link(types.get(slug, slug), address(category=slug), slug == wish.category, n)
                for slug, n in found.categories.items()
            ),
        ],
        "chips": chips,
        "reset": address(category="", low="", high="", in_stock=""),
        "pages": [Link(str(number), address(page=number), number == wish.page, number) for number in near]
        if last > 1
        else [],
        "previous": address(page=wish.page - 1) if wish.page > 1 else "",
        "next": address(page=wish.page + 1) if wish.page < last else "",
        "shown": [(hit.card, as_html(hit.name)) for hit in found.hits],
        "nearby": [type_ for type_ in goods_types() if type_.slug in found.categories][:1],
    }
