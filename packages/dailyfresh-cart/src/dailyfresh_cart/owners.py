"""Whose cart a request means, and the cookie that names a guest."""

import logging
import secrets
from collections.abc import Sequence
from typing import Any

from dailyfresh_core.allowances import subject_of, use
from dailyfresh_core.db.retrying import aside
from dailyfresh_core.http.answers import cookie_like_session
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .conf import conf
from .exceptions import CartUnavailable, SignInRequired, TooOften
from .services import Merged, merge
from .stores import store
from .stores.base import Owner, user_owner

SALT = "dailyfresh_cart.guest"
PENDING = "dailyfresh_cart_merge"
"""Session key of a guest whose merge failed: the next look at the cart tries again."""

logger: logging.Logger = logging.getLogger(__name__)


def owner_of(request: HttpRequest) -> Owner | None:
    """Whose cart this request sees; None for a visitor who has none yet."""
    if request.user.is_authenticated:
        if PENDING in request.session:
            merge_guest(request, Owner(request.session[PENDING]), request.user)
        return user_owner(request.user, request.session)
    if not conf.GUESTS:
        return None
    if store().in_session:
        return Owner("g:session", request.session)
    token = _guest_token(request)
    return Owner(f"g:{token}") if token else None


def owner_for_change(request: HttpRequest) -> Owner:
    """Whose cart this request changes: a visitor without one gets one. Raises SignInRequired where guests have none, TooOften."""
    who = subject_of(request, trusted=conf.TRUSTED_PROXIES)
    if wait := use("cart", who):
        raise TooOften(wait)
    owner = owner_of(request)
    if owner is None:
        if not conf.GUESTS:
            raise SignInRequired
        if wait := use("guest_cart", who):
            raise TooOften(wait)
        owner = Owner(f"g:{secrets.token_urlsafe(16)}")
    if owner.is_guest and owner.session is None:
        request._dailyfresh_cart_guest = owner.key[2:]  # type: ignore[attr-defined]
    return owner


def remember_guest(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set, or renew, the cookie of a guest whose cart this request changed."""
    if token := getattr(request, "_dailyfresh_cart_guest", None):
        response.set_signed_cookie(
            conf.GUEST_COOKIE,
            token,
            salt=SALT,
            max_age=conf.GUEST_DAYS * 86400,
            **cookie_like_session(),
        )


def guest_of(request: HttpRequest) -> Owner | None:
    """The guest that the browser's cookie names, whoever is signed in."""
    token = _guest_token(request)
    return Owner(f"g:{token}") if token else None


def merge_guest(request: HttpRequest, guest: Owner, user: Any) -> None:
    """Merge this guest's cart into the user's and tell the buyer; what fails is tried later."""
    try:
        with aside():
            merged = merge(guest=guest, user=user_owner(user))
    except Exception as error:  # the site's catalogue may raise anything, and nobody is kept out for it
        trace = not isinstance(error, CartUnavailable)
        logger.warning("a guest's cart waits to be merged: %s", error, exc_info=trace)
        request.session[PENDING] = guest.key
        return
    request.session.pop(PENDING, None)
    for level, text in _told(merged):
        messages.add_message(request, level, text, fail_silently=True)


def _guest_token(request: HttpRequest) -> str | None:
    token = request.get_signed_cookie(conf.GUEST_COOKIE, default=None, salt=SALT, max_age=conf.GUEST_DAYS * 86400)
    return token or None


def _told(merged: Merged) -> list[tuple[int, str]]:
    told = []
    if n := len(merged.lines):
        text = ngettext(
            "%(n)d item that you chose before signing in is in your cart.",
            "%(n)d items that you chose before signing in are in your cart.",
            n,
        )
        told.append((messages.SUCCESS, text % {"n": n}))
    if merged.limited:
        text = _("Fewer than you chose, as there are no more to be had: %(names)s.")
        told.append((messages.WARNING, text % {"names": _listed(merged.limited)}))
    if merged.left_out:
        text = _("Left out, as it cannot be bought now: %(names)s.")
        told.append((messages.WARNING, text % {"names": _listed(merged.left_out)}))
    return told


def _listed(names: Sequence[str]) -> str:
    return get_text_list(list(names), _("and"))
