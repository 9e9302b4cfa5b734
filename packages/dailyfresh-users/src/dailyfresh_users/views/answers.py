"""What every view says: the AJAX envelope, the way back, whose request it is."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import resolve_url
from django.urls import get_script_prefix
from django.utils.http import url_has_allowed_host_and_scheme

from ..conf import conf
from ..exceptions import Throttled
from ..forms.accounts import wait_message
from ..proxies import client_address, throttle_subject


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
    return url if allowed else ""


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
