"""The results page, and what the search box suggests."""

from typing import Any

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.http.answers import envelope, too_often
from dailyfresh_core.i18n.languages import address as in_language
from dailyfresh_core.paging import pager
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from ..conf import conf
from ..selectors import Card, goods_types, popular
from ..views import links
from ..views.links import Link
from .desk import note_click, note_miss
from .forms import LAST_PAGE, SearchForm
from .popular import LONGEST_SHOWN, popular_backend, popular_searches
from .results.finding import SORTS, Found, Hit, Refinement, find
from .results.highlight import as_html
from .results.suggestions import suggestions
from .vocabulary import Vocabulary
from .words.normal import merged


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """GET `?q=草莓&category=fruit&sort=-price&low=10&high=50&in_stock=on&page=2`: what the words find."""
    form = SearchForm(request.GET)
    words, refinement = form.words(), form.refinement()
    visitor = subject_of(request, trusted=conf.TRUSTED_PROXIES)
    found = None
    if words:
        if wait := use("search", visitor):
            return too_often(request, wait)
        vocabulary = Vocabulary()
        if refinement == Refinement() and (url := vocabulary.redirect_of(words)):
            return redirect(in_language(url))
        found = find(words, refinement, vocabulary=vocabulary)
    if found and found.number and refinement.page > found.pages:
        raise Http404
    if found and refinement == Refinement():
        _count(found, visitor=visitor)
        _count_miss(found, visitor=visitor)
    context: dict[str, Any] = {
        "form": form,
        "words": words,
        "refinement": refinement,
        "found": found,
        "popular_searches": popular_searches(),
    }
    if found and found.number:
        context |= _around(found, refinement, form)
    if found is None or not found.unfiltered:
        context["popular"] = popular()
    return render(request, "dailyfresh_search/search.html", context)


@login_not_required
@require_GET
def suggest(request: HttpRequest) -> HttpResponse:
    """GET `?q=cao` → data {"items": [{"kind": "goods", "text": ..., "marks": [[2, 4]], "url": ...}, ...]}."""
    words = SearchForm(request.GET).words()
    if words and (wait := use("suggest", subject_of(request, trusted=conf.TRUSTED_PROXIES))):
        return too_often(request, wait)
    return envelope({"items": suggestions(words) if words else [], "popular": [] if words else popular_searches()})


@csrf_exempt
@login_not_required
@require_POST
def clicked(request: HttpRequest) -> HttpResponse:
    """POST `q=草莓&sku_id=7`: the goods were chosen from what the words found. It counts and changes nothing else, and a page that is being
    left can send no token; so what another site sends is left out by what the browser says of it.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin":
        form = SearchForm(request.POST)
        visitor = subject_of(request, trusted=conf.TRUSTED_PROXIES)
        note_click(form.words(), sku_id=request.POST.get("sku_id", ""), visitor=visitor)
    return HttpResponse(status=204)


def _count(found: Found, *, visitor: str) -> None:
    """Counts a search if all it says is what its goods are called: what is counted is shown to others."""
    query, counter = found.query, popular_backend()
    if counter is None or not query.text or found.hasty:
        return
    if found.number and query.whole and not found.loose:
        text = merged(query.corrected or query.text)
        if len(text) <= LONGEST_SHOWN:
            counter.note(text, visitor=visitor)
    # Another spelling that fails says nothing about the one that is shown.
    if (query.corrected or found.loose or not found.number) and not found.degraded and merged(query.text) == query.text:
        counter.drop(query.text)


def _count_miss(found: Found, *, visitor: str) -> None:
    """Counts a search that found nothing by itself: staff see what their buyers call things."""
    query = found.query
    if query.text and not (found.hasty or found.degraded) and (query.corrected or not found.number):
        note_miss(query.text, became=query.corrected if found.number else "", visitor=visitor)


def _shown(hits: list[Hit]) -> list[tuple[Card, str, tuple[Card, ...]]]:
    """Each card with its name as the page marks it, and its packs."""
    return [(hit.card, as_html(hit.name), hit.packs) for hit in hits]


def _around(found: Found, refinement: Refinement, form: SearchForm) -> dict[str, Any]:
    """The sorts, categories, filters and pages that lead away from these results."""

    def address(**other: object) -> str:
        return "?" + form.query(**other)

    names = {
        "": _("Relevance"),
        "price": _("Price, lowest first"),
        "-price": _("Price, highest first"),
        "sales": _("Best sellers"),
        "newest": _("Newest"),
    }
    path, types = reverse("dailyfresh_search:search"), {type_.slug: type_.name for type_ in goods_types()}
    return {
        "number": refinement.page,
        "pages": found.pages,
        "address": path,
        "reset": links.joined(path, form.query(category="", low="", high="", in_stock="")),
        "chips": links.chips(form, path),
        "sorts": links.sorts(((sort, names[sort]) for sort in SORTS), refinement.sort, lambda sort: address(sort=sort)),
        "categories": [
            Link(_("All"), address(category=""), not refinement.category, sum(found.categories.values())),
            *(
                Link(types.get(slug, slug), address(category=slug), slug == refinement.category, number)
                for slug, number in found.categories.items()
            ),
        ],
        "pager": pager(refinement.page, min(found.pages, LAST_PAGE), lambda page: address(page=page)),
        "shown": _shown(found.hits),
        "groups": [
            {
                "word": group.word,
                "called": group.called,
                "number": group.number,
                "hits": group.hits,
                "shown": _shown(group.hits),
            }
            for group in found.groups
        ],
        "nearby": [type_ for type_ in goods_types() if type_.slug in found.categories][:1],
    }
