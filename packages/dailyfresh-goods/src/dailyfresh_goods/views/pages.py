"""Home, lists and details: they only read (seed point 19), and are the same for every visitor.

A view names its page (`pages.keys`) and says how to make it; `cached_page` answers from the cache, or makes it.
"""

import gzip
import hashlib
from collections.abc import Callable
from typing import Any

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.http.answers import too_often
from dailyfresh_core.paging import pager
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from .. import selectors
from ..conf import conf
from ..exceptions import Absent
from ..forms import FilterForm
from ..pages import keys
from ..pages.build import BUILT, FRESH, NO_PAGE, Built, anonymous_request, takes_gzip
from ..pages.cache import cached
from ..signals import back_in_stock
from ..structured import breadcrumbs, product, website
from . import links

MISSING_SECONDS = 60
Content = tuple[str, dict[str, Any], float | None]
"""A template, its context, and the seconds that the page holds (None: CACHE_SECONDS)."""


def cached_page(
    request: HttpRequest, page: keys.Page, content: Callable[[], Content], *, keep: bool = True
) -> HttpResponse:
    """Answer with the page, made at most once until one of its groups moves; now and for this answer unless `keep`.

    What the cache keeps of it is the HTML compressed, its ETag, and the seconds it holds. Whatever `content` raises is
    raised here, and nothing is kept.
    """
    made = None

    def build() -> tuple[bytes, str, float | None]:
        nonlocal made
        template, context, seconds = content()
        html = neutral_html(request, template, context).encode()
        digest = hashlib.md5(html, usedforsecurity=False).hexdigest()
        made = Built(html, gzip.compress(html, 6, mtime=0))
        return made.gzipped, f'W/"{digest}"', seconds  # type: ignore[return-value]

    if keep:
        zipped, etag, _seconds = cached(
            f"page:{translation.get_language()}:{page.name}",
            page.groups,
            build,
            seconds=lambda entry: entry[2],
            fresh=bool(request.META.get(FRESH)),
            stale=True,
        )
    else:
        zipped, etag, _seconds = build()
    response: HttpResponse
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponseNotModified()
    elif takes_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):
        response = HttpResponse(zipped, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(made.html if made else gzip.decompress(zipped))
        setattr(response, BUILT, made)  # the builder of pages need not compress it again
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Encoding"
    return response


def neutral_html(request: HttpRequest, template: str, context: dict[str, Any]) -> str:
    """The page as nobody in particular gets it: no user, no session, no messages, no token, no query string."""
    nobody = anonymous_request(request.path)
    nobody.user = AnonymousUser()
    nobody.resolver_match = request.resolver_match
    html = render_to_string(template, context, nobody)
    if "CSRF_COOKIE" in nobody.META:
        raise ImproperlyConfigured(
            f"{template}, or a template it extends, puts a CSRF token on a page that is the same for every visitor; "
            "use a link to a page with the form instead"
        )
    return html


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The home page: carousel, promotions, special offers and a floor for every type."""

    def content() -> Content:
        found = selectors.home()
        url = links.absolute(keys.home_page().path)
        context = {
            "home": found,
            "types": found.types,
            "structured": [website(url)],
            **links.addresses(keys.home_page()),
        }
        return "dailyfresh_goods/home.html", context, found.seconds

    return cached_page(request, keys.home_page(), content)


@login_not_required
@require_safe
def list_page(request: HttpRequest, slug: str, sort: str = "default", page: int = 1) -> HttpResponse:
    """A page of a type's list; the query narrows it to what is in stock, on offer or within a range of prices."""
    if request.resolver_match and "page" in request.resolver_match.kwargs and (sort, page) == ("default", 1):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(keys.list_page(slug).path + (f"?{query}" if query else ""))
    asked = FilterForm(request.GET) if request.GET else None  # most lists are asked for without conditions
    filters, query = (asked.filters(), asked.query()) if asked else (selectors.Filters(), "")
    named = keys.list_page(slug, sort, page, query)
    # What is asked for in so many ways is hardly ever made already: it costs what a search does.
    narrowed = asked and (filters or asked.errors)
    if narrowed and (wait := use("search", subject_of(request, trusted=conf.TRUSTED_PROXIES))):
        return too_often(request, wait)

    def content() -> Content:
        found = selectors.list_page(slug, sort, page, filters)
        if found is None:
            raise Absent
        facets = selectors.facets(slug)
        type_, form, plain = found.type, asked or FilterForm(), keys.list_page(slug, sort).path

        def address(page: int, sort: str = sort) -> str:
            return links.joined(keys.list_page(slug, sort, page).path, query)

        context = {
            "found": found,
            "types": selectors.goods_types(),
            "number": page,
            "pages": found.pages,
            "form": form,
            "facets": [(form[name], words) for name, words in facets.items()],
            "address": plain,
            "reset": plain,
            "chips": links.chips(form, plain, facets),
            "sorts": links.sorts(
                [(code, selectors.SORTS[code].label) for code in keys.sort_codes()], sort, lambda code: address(1, code)
            ),
            "pager": pager(page, found.pages, address),
            **links.addresses(named),
            "structured": [
                breadcrumbs(
                    [
                        (_("Home"), links.absolute(reverse("dailyfresh_goods:home"))),
                        (type_.name, links.absolute(type_.url)),
                    ]
                )
            ],
        }
        return "dailyfresh_goods/list.html", context, 60 if filters else None

    # A page that says what was not understood is for this visitor: others would get it for the list as it is.
    understood = asked is None or not asked.errors
    try:
        return cached_page(request, named, content, keep=understood)
    except Absent:
        return _missing(request, status=404)


@login_not_required
@require_safe
def new_goods(request: HttpRequest, slug: str) -> HttpResponse:
    """The strip of a type's new goods, which the details fetch.

    It is a page of its own: were it a part of every detail, one new SKU would outdate all of them.
    """

    def content() -> Content:
        type_ = selectors.goods_type(slug)
        if type_ is None:
            raise Absent
        return "dailyfresh_goods/_new_goods.html", {"type": type_, "cards": selectors.new_goods(slug)}, None

    try:
        return cached_page(request, keys.new_goods_page(slug), content)
    except Absent:
        return HttpResponse(status=NO_PAGE)


@login_not_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a SKU; 410 while it is off sale, be it no longer or not yet, 404 when there is none."""

    def content() -> Content:
        found = selectors.detail(pk)
        if found is None:
            raise Absent
        return "dailyfresh_goods/detail.html", detail_context(found), None

    try:
        return cached_page(request, keys.detail_page(pk), content)
    except Absent:
        return _missing(request, status=410 if selectors.sku_exists(pk) else 404)


def detail_context(found: selectors.Detail) -> dict[str, Any]:
    """What the template of a SKU's page is given."""
    url = links.absolute(found.card.url)
    type_url = reverse("dailyfresh_goods:list", args=[found.type_slug])
    trail = [
        (_("Home"), links.absolute(reverse("dailyfresh_goods:home"))),
        (found.type_name, links.absolute(type_url)),
        (found.card.name, url),
    ]
    return {
        "goods": found,
        "types": selectors.goods_types(),
        "type_url": type_url,
        **links.addresses(keys.detail_page(found.pk)),
        "buy_url": reverse(conf.BUY_URL) if conf.BUY_URL else "",
        "visitor_data": f"viewed={found.card.sku_id}",
        "wishes": conf.WISHES,
        "tells": found.card.sold_out and back_in_stock.has_listeners(),
        "structured": [product(found, url, links.absolute), breadcrumbs(trail)],
    }


def _missing(request: HttpRequest, *, status: int) -> HttpResponse:
    """A page that helps on: where to go, and what others buy. It is the same at every address, of which anybody may make up as many as he likes."""
    if request.META.get(FRESH):  # nobody looks
        return HttpResponse(status=NO_PAGE)

    def made() -> str:
        context = {"gone": status == 410, "types": selectors.goods_types(), "cards": selectors.popular()}
        return neutral_html(anonymous_request(keys.home_page().path), "dailyfresh_goods/missing.html", context)

    name = f"missing:{translation.get_language()}:{status}"
    return HttpResponse(cached(name, (keys.SITE,), made, seconds=MISSING_SECONDS, stale=True), status=status)
