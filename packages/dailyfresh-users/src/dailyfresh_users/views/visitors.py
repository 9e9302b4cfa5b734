"""What a request says about its visitor, and where they go from here."""

from collections.abc import Callable
from typing import Any

from dailyfresh_core.http.proxies import throttle_subject, visitor_address
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import get_script_prefix
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ..conf import conf
from ..durations import wait_message
from ..exceptions import Throttled
from ..services import keep_session


def for_anybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page with a form for whoever comes: it is looked at or posted to, and no cache keeps it."""
    return login_not_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(view)))


def home_url() -> str:
    """Where somebody goes who is signed in and wants nothing else."""
    return resolve_url(conf.LOGIN_REDIRECT)


def site_origin(request: HttpRequest) -> str:
    """Scheme, host and script prefix of links in mails: SITE_URL, or the host that ALLOWED_HOSTS let in."""
    return str(conf.SITE_URL or request.build_absolute_uri(get_script_prefix())).rstrip("/")


def visitor_subject(request: HttpRequest) -> str:
    """What this visitor's attempts are counted by."""
    return throttle_subject(visitor_address(request, trusted=conf.TRUSTED_PROXIES))


def note_session(request: HttpRequest, user: Any) -> None:
    """Keep a note that the account is signed in here, with the visitor's address and browser."""
    keep_session(
        session=request.session,
        user_id=user.pk,
        address=visitor_address(request, trusted=conf.TRUSTED_PROXIES),
        agent=request.headers.get("User-Agent", ""),
    )


def backend_of(user: Any) -> str:
    """The backend that knows the account: login() cannot choose where a site has several."""
    for path in settings.AUTHENTICATION_BACKENDS:
        if auth.load_backend(path).get_user(user.pk) is not None:
            return path
    return settings.AUTHENTICATION_BACKENDS[0]


def ask_to_wait(form: BaseForm, error: Throttled) -> int:
    """Say in the form how long to wait; gives the status of the page."""
    form.add_error(None, wait_message(error.retry_after))
    return 429
