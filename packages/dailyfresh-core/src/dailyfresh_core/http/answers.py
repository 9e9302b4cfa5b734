"""What views say: the one envelope for scripts, who must sign in, and the way back."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

SAFE = {"GET", "HEAD"}


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks: jQuery names itself, others prefer JSON to HTML. A browser that goes to a page gets the page."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return True
    try:
        return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    except (LookupError, ValueError):  # an Accept with a parameter in a charset that there is not
        return False


def envelope(
    data: dict[str, Any] | None = None, *, code: str = "ok", message: object = "", status: int = 200
) -> JsonResponse:
    """The one shape of every answer to a script: {"ok", "code", "message", "data"}; never cached."""
    body = {"ok": status < 400, "code": code, "message": str(message), "data": data or {}}
    return JsonResponse(body, status=status, headers={"Cache-Control": "no-store"})


def throttled(seconds: int, message: object) -> JsonResponse:
    """429 with the seconds to wait."""
    response = envelope({"retry_after": seconds}, code="throttled", message=message, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def too_often(request: HttpRequest, seconds: int) -> HttpResponse:
    """429 for somebody over an allowance, in words or as the envelope. The page is made without the request: it costs little."""
    message = _("That was a lot at once. Please wait a moment.")
    if wants_json(request):
        return throttled(seconds, message)
    page = render_to_string("dailyfresh_core/too_often.html", {"message": message})
    return HttpResponse(page, status=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"})


def unavailable(message: object, *, code: str = "unavailable", seconds: int = 5) -> JsonResponse:
    """503: something behind the shop does not answer, or is too busy; nothing was changed."""
    response = envelope(code=code, message=message, status=503)
    response.headers["Retry-After"] = str(seconds)
    return response


def told(
    request: HttpRequest, to: Any, sentence: str, *, code: str = "ok", status: int = 200, data: Any = None
) -> HttpResponse:
    """What became of a change: the envelope for a script, for everybody else a message on the page that `to` names."""
    if wants_json(request):
        if status == 503:
            return unavailable(sentence, code=code)
        return envelope(data, code=code, message=sentence, status=status)
    level = messages.SUCCESS if status < 400 else messages.ERROR
    messages.add_message(request, level, sentence, fail_silently=True)
    return cast(HttpResponse, redirect(to))


def led_to(request: HttpRequest, url: str, *, code: str = "ok", **data: Any) -> HttpResponse:
    """The way on: for a script the address, as `url` among the data, for everybody else a redirect."""
    return envelope({"url": url, **data}, code=code) if wants_json(request) else cast(HttpResponse, redirect(url))


def address_of(to: str) -> str:
    """The address behind a setting, a path or the name of a URL; "/" is the site's first page, which stands under its prefix."""
    return get_script_prefix() if to == "/" else resolve_url(to)


def sign_in_first(request: HttpRequest, *, default: str = "/") -> HttpResponse:
    """To the sign-in page and back to where the visitor was, or `default`; 401 with its address for a script."""
    back = page_of(request, default=default)
    if wants_json(request):
        url = redirect_to_login(back).url
        return envelope({"login_url": url}, code="login_required", message=_("Please sign in first."), status=401)
    return redirect_to_login(request.get_full_path() if request.method in SAFE else back)


def signed_in(view: View) -> View:
    """Only for somebody signed in, and kept by no cache; else `sign_in_first`. What is not there is an envelope for a script.

    It answers in place of LoginRequiredMiddleware, which knows no scripts.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return sign_in_first(request)
        try:
            return view(request, *args, **kwargs)
        except Http404:
            if not wants_json(request):
                raise
            return envelope(code="not_found", message=_("This is not here any more."), status=404)

    return cast(View, login_not_required(never_cache(guarded)))


def cookie_like_session() -> dict[str, Any]:
    """How a cookie of ours is set beside its age: where the session's is sent, and for no script."""
    return {
        "path": settings.SESSION_COOKIE_PATH,
        "domain": settings.SESSION_COOKIE_DOMAIN,
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": True,
        "samesite": "Lax",
    }


def host_of(url: str) -> str:
    """The host, and the port if there is one, of an address that came in a header; empty for what is none, as "http://[::1"."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def page_of(request: HttpRequest, *, default: str = "/") -> str:
    """The page that a form or a script stood on, to come back to: the address of a POST cannot be shown.

    Only a page of this host counts, and only its path: `default` otherwise.
    """
    url = request.headers.get("Referer", "")
    if host_of(url) != request.get_host():
        return address_of(default)
    referer = urlsplit(url)
    return urlunsplit(("", "", "/" + referer.path.lstrip("/\\"), referer.query, ""))


def safe_next(request: HttpRequest, *, default: str = "") -> str:
    """The `next` that came with the request if it stays on this site, else `default`."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    # A bare word would be taken for the name of a view by redirect().
    return url if allowed and url.startswith(("/", "http://", "https://")) else default
