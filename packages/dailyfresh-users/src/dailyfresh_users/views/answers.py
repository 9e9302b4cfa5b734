"""What every view says: the AJAX envelope, the way back, whose request it is."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from ..conf import conf
from ..exceptions import Throttled
from ..forms.accounts import wait_message
from ..proxies import client_address, throttle_subject

SAFE = {"GET", "HEAD"}


def answer(
    data: dict[str, Any] | None = None, *, code: str = "ok", message: str = "", status: int = 200
) -> JsonResponse:
    """The suite's envelope: {"ok", "code", "message", "data"}."""
    body = {"ok": status < 400, "code": code, "message": str(message), "data": data or {}}
    response = JsonResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_ajax(request: HttpRequest) -> bool:
    """Whether jQuery sent this request and wants the envelope rather than a page."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for somebody signed in: else the login page, or 401 with its address for AJAX.

    It answers in place of LoginRequiredMiddleware, which knows no AJAX.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            try:
                return view(request, *args, **kwargs)
            except Http404:
                if not is_ajax(request):
                    raise
                return answer(code="not_found", message=_("This is not here any more."), status=404)
        if is_ajax(request):
            url = redirect_to_login(_page_of(request)).url
            return answer({"login_url": url}, code="login", message=_("Please sign in first."), status=401)
        return redirect_to_login(request.get_full_path() if request.method in SAFE else _page_of(request))

    return login_not_required(guarded)


def _page_of(request: HttpRequest) -> str:
    """The page that a form or a script stood on, to come back to: the address of a POST cannot be shown."""
    referer = urlsplit(request.headers.get("Referer", ""))
    path = urlunsplit(("", "", referer.path, referer.query, ""))
    return path if referer.netloc == request.get_host() else home_url()


def throttled(error: Throttled) -> JsonResponse:
    """429 with the seconds to wait."""
    response = answer(
        {"retry_after": error.retry_after}, code="throttled", message=wait_message(error.retry_after), status=429
    )
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def safe_next(request: HttpRequest) -> str:
    """The `next` that came with the request if it stays on this site, else ""."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    # A bare word would be taken for the name of a view by redirect().
    return url if allowed and url.startswith(("/", "http://", "https://")) else ""


def home_url() -> str:
    """Where somebody goes who is signed in and wants nothing else."""
    return resolve_url(conf.LOGIN_REDIRECT)


def site_origin(request: HttpRequest) -> str:
    """Scheme, host and script prefix of links in mails: SITE_URL, or the host that ALLOWED_HOSTS let in."""
    return str(conf.SITE_URL or request.build_absolute_uri(get_script_prefix())).rstrip("/")


def visitor_address(request: HttpRequest) -> str | None:
    """The visitor's IP address as the site's own proxies report it."""
    return client_address(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def visitor_subject(request: HttpRequest) -> str:
    """What this visitor's attempts are counted by."""
    return throttle_subject(visitor_address(request))
