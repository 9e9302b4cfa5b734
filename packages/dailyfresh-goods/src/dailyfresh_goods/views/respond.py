"""How a page that is the same for everybody is answered, from the cache or made now."""

import gzip
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from dailyfresh_core.answers import envelope
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.utils import translation

from ..pages.build import FOR_NOBODY, FRESH, anonymous_request
from ..pages.cache import cached

__all__ = ["envelope", "kept_page"]

Page = tuple[bytes, str, float | None]
"""What the cache keeps of a page: the HTML zipped, its ETag, and the seconds it holds (None: as usual)."""


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


def kept_page(
    request: HttpRequest,
    name: str,
    groups: Sequence[str],
    make: Callable[[], tuple[str, dict[str, Any], float | None]],
    *,
    keep: bool = True,
) -> HttpResponse:
    """Answer with the page, made at most once until one of its groups moves; now and for this answer unless `keep`.

    `make` gives the template, its context and for how many seconds the page holds (None: CACHE_SECONDS).
    Whatever it raises is raised here, and nothing is kept.
    """

    def build() -> Page:
        template, context, seconds = make()
        html = neutral_html(request, template, context).encode()
        digest = hashlib.md5(html, usedforsecurity=False).hexdigest()
        return gzip.compress(html, 6, mtime=0), f'W/"{digest}"', seconds

    if not keep:
        return _answer(request, build())
    language = translation.get_language()
    page = cached(
        f"page:{language}:{name}",
        groups,
        build,
        seconds=lambda page: page[2],
        fresh=bool(request.META.get(FRESH)),
        stale=True,
    )
    return _answer(request, page)


def _answer(request: HttpRequest, page: Page) -> HttpResponse:
    zipped, etag, _seconds = page
    response: HttpResponse
    if etag in request.META.get("HTTP_IF_NONE_MATCH", ""):
        response = HttpResponseNotModified()
    elif "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(zipped, headers={"Content-Encoding": "gzip"})
    else:
        html = gzip.decompress(zipped)
        response = HttpResponse(html)
        setattr(response, FOR_NOBODY, html)
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    response["Vary"] = "Accept-Encoding"
    return response
