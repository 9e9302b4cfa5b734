"""Making a page: an anonymous GET through the site's own handler."""

import re
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from dailyfresh_core.loading import backend
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from django.utils import translation

from ..conf import conf
from ..exceptions import PageRefused
from .base import PageWriter

FRESH = "dailyfresh_goods.fresh"
"""Key of the request's META that asks for a page made now; no header of a client can set it."""

BUILT = "dailyfresh_goods_made"
"""Attribute of the response: the page as the view made it, without any visitor; there when it was made just now."""

NO_PAGE = 204
"""Status that tells a builder of pages that there is none; a 404 would be logged as one."""


GZIP = re.compile(r"\s*gzip\s*(?:;\s*q=(?:(?P<never>0(?:\.0*)?)|[01.][0-9.]*)\s*)?")


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding says so: "gzip;q=0" is a no."""
    return any(found and not found["never"] for found in map(GZIP.fullmatch, accepted.lower().split(",")))


@dataclass(frozen=True, slots=True)
class Built:
    """A page, and the same compressed by gzip where that is at hand."""

    html: bytes
    gzipped: bytes | None = None


def writer() -> PageWriter | None:
    """The place where pages are written, or None when the site writes none (setting PAGES)."""
    if conf.PAGES is None:
        return None
    return backend(conf.PAGES, where=f'{conf.NAME}["PAGES"]', base=PageWriter)  # type: ignore[type-abstract]


def anonymous_request(path: str, **meta: Any) -> WSGIRequest:
    """A GET of the path as somebody nobody knows would send it to SITE_URL."""
    site = urlsplit(conf.SITE_URL)
    if not site.hostname:
        raise ImproperlyConfigured("DAILYFRESH_GOODS['SITE_URL'] must be like 'https://shop.example'")
    prefix = get_script_prefix().rstrip("/")
    return WSGIRequest(
        {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": prefix,
            "PATH_INFO": unquote(path).removeprefix(prefix).encode().decode("latin-1"),
            "QUERY_STRING": "",
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
            "HTTP_HOST": site.netloc,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": BytesIO(),
            **meta,
        }
    )


@cache
def _handler(_middleware: tuple[str, ...]) -> BaseHandler:
    handler = BaseHandler()
    handler.load_middleware()
    return handler


def _objection(request: WSGIRequest, response: HttpResponseBase) -> str | None:
    """Why the answer must not be shown to everybody, or None."""
    if response.status_code != 200:
        return f"status {response.status_code}"
    if not isinstance(response, HttpResponse) or not response.get("Content-Type", "").startswith("text/html"):
        return "no HTML page"
    if response.cookies:
        return f"it sets the cookie {next(iter(response.cookies))}"
    if "CSRF_COOKIE" in request.META or b"csrfmiddlewaretoken" in response.content:
        return "it carries a CSRF token"
    varies = {name.strip().lower() for name in response.get("Vary", "").split(",")}
    # Middleware that only reads the user, as LoginRequiredMiddleware does, cannot have made it another page.
    if "cookie" in varies and _as_built(response) is None:
        return "it varies on the cookie: something in the site writes the user or the session into it"
    return None


def _as_built(response: HttpResponse) -> Built | None:
    """The page as the view made it; None when something in the site has changed it since."""
    made: Built | None = getattr(response, BUILT, None)
    return made if made and made.html == response.content else None


def fresh_page(path: str, language: str) -> Built | None:
    """The page as it would be served now; None when there is none.

    Raises `PageRefused` when the answer is an error or was made for one visitor.
    """
    request = anonymous_request(path, **{FRESH: True})
    with translation.override(language):
        response = _handler(tuple(settings.MIDDLEWARE)).get_response(request)
    if response.status_code in (NO_PAGE, 404, 410):
        return None
    objection = _objection(request, response)
    if objection:
        raise PageRefused(f"{path}: {objection}")
    assert isinstance(response, HttpResponse)
    return _as_built(response) or Built(response.content)


def build_run(to: PageWriter, language: str, paths: list[str], ahead: bool = False) -> int:
    """Write the pages anew, take away those that are no more; the number of pages there are.

    `ahead`: their rows were read before the page's lock was held, so that what others wrote to a new set since then is newer.
    """
    for number, path in enumerate(paths):
        with to.lock(path):
            if ahead and to.has_newer(path):
                continue
            made = fresh_page(path, language)
            if made is None:
                to.remove(path)
            else:
                to.write(path, made.html, made.gzipped)
        if made is None:
            to.remove_all(paths[number + 1 :])
            return number
    return len(paths)
