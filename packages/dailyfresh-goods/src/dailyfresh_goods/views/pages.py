"""Home, lists and details: they only read (seed point 19), and are the same for every visitor."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import selectors
from ..conf import conf
from ..exceptions import Absent
from ..forms import FilterForm
from ..pages.build import FRESH, NO_PAGE
from ..pages.keys import HOME, SITE, detail_key, list_key, list_url
from ..structured import breadcrumbs, product, website
from .respond import kept_page


def _absolute(path: str) -> str:
    return f"{conf.SITE_URL.rstrip('/')}{path}"


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page: carousel, promotions, special offers and a floor for every type."""

    def make() -> tuple[str, dict[str, Any], float]:
        found = selectors.home()
        url = _absolute(reverse("dailyfresh_goods:home"))
        context = {"home": found, "types": found.types, "canonical": url, "structured": [website(url)]}
        return "dailyfresh_goods/home.html", context, found.seconds

    return kept_page(request, "home", (SITE, HOME), make)


@login_not_required
@require_safe
def list_page(request: HttpRequest, slug: str, sort: str = "default", page: int = 1) -> HttpResponse:
    """A page of a type's list; the query narrows it to what is in stock, on offer or within a range of prices."""
    if request.resolver_match and "page" in request.resolver_match.kwargs and (sort, page) == ("default", 1):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(list_url(slug) + (f"?{query}" if query else ""))
    asked = FilterForm(request.GET) if request.GET else None  # most lists are asked for without conditions
    filters, query = (asked.filters(), asked.query()) if asked else (selectors.Filters(), "")

    def make() -> tuple[str, dict[str, Any], float | None]:
        found = selectors.list_page(slug, sort, page, filters)
        if found is None:
            raise Absent
        type_, form = found.type, asked or FilterForm()
        context = {
            "found": found,
            "types": selectors.goods_types(),
            "sorts": selectors.SORTS.values(),
            "form": form,
            "chips": form.chips(),
            "query": query,
            "canonical": _absolute(list_url(slug, sort, page)),
            "structured": [
                breadcrumbs(
                    [(_("Home"), _absolute(reverse("dailyfresh_goods:home"))), (type_.name, _absolute(type_.url))]
                )
            ],
        }
        return "dailyfresh_goods/list.html", context, 60 if filters else None

    name, groups = f"list:{slug}:{sort}:{page}:{query}", (SITE, list_key(slug))
    # A page that says what was not understood is for this visitor: others would get it for the list as it is.
    understood = asked is None or not asked.errors
    try:
        return kept_page(request, name, groups, make, keep=understood)
    except Absent:
        return _missing(request, status=404)


@login_not_required
@require_safe
def new_goods(request: HttpRequest, slug: str) -> HttpResponse:
    """The strip of a type's new goods, which the details fetch.

    It is a page of its own: were it a part of every detail, one new SKU would outdate all of them.
    """

    def make() -> tuple[str, dict[str, Any], None]:
        type_ = selectors.goods_type(slug)
        if type_ is None:
            raise Absent
        return "dailyfresh_goods/_new_goods.html", {"type": type_, "cards": selectors.new_goods(slug)}, None

    try:
        return kept_page(request, f"new:{slug}", (SITE, list_key(slug)), make)
    except Absent:
        return HttpResponse(status=NO_PAGE)


@login_not_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a SKU; 410 while it is off sale, be it no longer or not yet, 404 when there is none."""

    def make() -> tuple[str, dict[str, Any], None]:
        found = selectors.detail(pk)
        if found is None:
            raise Absent
        return "dailyfresh_goods/detail.html", detail_context(found), None

    try:
        return kept_page(request, f"detail:{pk}", (SITE, detail_key(pk)), make)
    except Absent:
        return _missing(request, status=410 if selectors.sku_exists(pk) else 404)


def detail_context(found: selectors.Detail) -> dict[str, Any]:
    """What the template of a SKU's page is given."""
    url = _absolute(found.card.url)
    type_url = reverse("dailyfresh_goods:list", args=[found.type_slug])
    trail = [
        (_("Home"), _absolute(reverse("dailyfresh_goods:home"))),
        (found.type_name, _absolute(type_url)),
        (found.card.name, url),
    ]
    return {
        "goods": found,
        "types": selectors.goods_types(),
        "type_url": type_url,
        "canonical": url,
        "buy_url": reverse(conf.BUY_URL) if conf.BUY_URL else "",
        "visitor_data": f"viewed={found.card.sku_id}",
        "structured": [product(found, url, _absolute), breadcrumbs(trail)],
    }


def _missing(request: HttpRequest, *, status: int) -> HttpResponse:
    """A page that helps on: where to go, and what others buy."""
    if request.META.get(FRESH):  # nobody looks
        return HttpResponse(status=NO_PAGE)
    context = {"gone": status == 410, "types": selectors.goods_types(), "cards": selectors.popular()}
    return render(request, "dailyfresh_goods/missing.html", context, status=status)
