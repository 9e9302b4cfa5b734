"""Signing in, slowly for those who guess; where accounts are signed in, and ending it from afar."""

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from .. import throttles
from ..exceptions import AccountDisabled, NotActivated, SignInRefused
from ..models import UserSession
from ..selectors import account_named, is_pending

MARK = "_dailyfresh_users_session"
NO_MARK = (None, None, 0)
EVERY = 10 * 60
LONGEST_KEY = 64


def check_credentials(
    *, identifier: str, password: str, subject: str, device: str, authenticate: Callable[..., Any]
) -> Any:
    """The account that may be signed in now; `authenticate` asks the site's own backends.

    `device` is "<account>:<id>" of a browser that signed this account in before, or "": it has
    attempts of its own, and neither the account's nor the address's count for it. Other browsers have those of their address (`subject`): strangers
    who guess, perhaps behind the same address, cannot keep the owner waiting, unless they are a crowd.
    Raises Throttled, SignInRefused, and with a right password NotActivated or AccountDisabled.
    """
    account = account_named(identifier)
    owner = str(account.pk) if account else f"?{identifier.casefold()}"
    known = device if device.startswith(f"{owner}:") else ""
    who = f"{owner}|{known or subject}"
    throttles.slow_down(who)
    if not known:
        throttles.slow_crowd(owner)
        throttles.limit("login", subject)
    # One hash for everybody: an inactive account is no slower to refuse than one that does not exist.
    if account is not None and not account.is_active and not account.check_password(password):
        raise SignInRefused
    name = account.get_username() if account else identifier
    user = authenticate(username=name, password=password)
    if user is None and (account is None or account.is_active):
        raise SignInRefused
    throttles.forgive(who)
    if not known:
        throttles.give_back("login", subject)
    if user is None:
        raise NotActivated if is_pending(account) else AccountDisabled
    return user


def _store(session_key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    return store


def keep_session(*, session: SessionBase, user_id: Any, address: str | None, agent: str) -> None:
    """Note that this session belongs to the account, under the key that it has now; at most once in ten minutes.

    Sessions in signed cookies have no key and cannot be ended from afar: they are not noted (a check warns).
    """
    if is_noted(session=session):
        return
    if not session.session_key:
        session.create()
    key = session.session_key
    if not key or len(key) > LONGEST_KEY:
        return
    values = {
        "user_id": user_id,
        "session_key": key,
        "seen_at": timezone.now(),
        "expires_at": session.get_expiry_date(),
        "address": address,
        "agent": agent.replace("\x00", "")[:300],  # PostgreSQL keeps no NUL
    }
    row, known_key, _seen = _mark(session)
    # The row moves along when the key was renewed, else it would name a dead session and miss the living one.
    if row is None or not UserSession.objects.filter(pk=row, user_id=user_id, session_key=known_key).update(**values):
        row = UserSession.objects.update_or_create(session_key=key, defaults=values)[0].pk
    session[MARK] = [row, key, int(time.time())]


def _mark(session: SessionBase) -> tuple[int | None, str | None, float]:
    """What the session says of its note: the row, the key it was noted under, and when; nothing of what cannot be read."""
    match session.get(MARK):
        case [int(row), str(key), int() | float() as seen]:
            return row, key, seen
    return NO_MARK


def is_noted(*, session: SessionBase) -> bool:
    """Whether the note of this session has its present key and is younger than ten minutes."""
    _row, key, seen = _mark(session)
    return bool(key) and key == session.session_key and time.time() - seen < EVERY


def forget_session(*, session: SessionBase) -> None:
    """Drop the note of a session that its own browser signs out."""
    row, key, _seen = _mark(session)
    if row is not None:
        UserSession.objects.filter(pk=row, session_key=key).delete()


def end_session(*, session: UserSession) -> None:
    """Sign this browser out wherever it is."""
    _store(session.session_key).delete(session.session_key)
    session.delete()


def end_sessions(*, user: Any, but: str | None = None) -> int:
    """Sign the account out everywhere, except in the session with the key `but`; gives how many were ended."""
    ended = 0
    for session in UserSession.objects.filter(user=user).exclude(session_key=but or ""):
        end_session(session=session)
        ended += 1
    return ended


def remove_sessions(*, session_keys: Iterable[str]) -> None:
    """Delete what these sessions hold."""
    for key in session_keys:
        _store(key).delete(key)


def remove_expired_sessions() -> int:
    """Drop the notes of sessions that are over."""
    return UserSession.objects.filter(expires_at__lt=timezone.now()).delete()[0]
