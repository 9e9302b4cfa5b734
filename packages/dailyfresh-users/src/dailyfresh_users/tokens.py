"""The link in the activation mail."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from .conf import conf
from .exceptions import LinkExpired, LinkForged, LinkUsed, LinkVoid
from .selectors import email_key, email_of, is_pending


def _serializer() -> URLSafeTimedSerializer:
    # itsdangerous signs with the last key and accepts all: the order of Django's rotation, reversed.
    keys = [str(key) for key in [*reversed(settings.SECRET_KEY_FALLBACKS), settings.SECRET_KEY]]
    return URLSafeTimedSerializer(keys, salt="dailyfresh_users.activation")


def _state(user: Any) -> str:
    """What the link stands for: it is void as soon as any of this changes."""
    state = f"{user.pk}|{user.get_username()}|{email_key(email_of(user))}|{user.password}"
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def activation_token(user: Any) -> str:
    """A signed token that activates this pending account, once, within ACTIVATION_AGE (seed 8)."""
    return str(_serializer().dumps([str(user.pk), _state(user)]))


def account_to_activate(token: str, *, lock: bool = False) -> Any:
    """The pending account that a token activates, or the ActivationRefused that says why none.

    With `lock` the rows of the registration and of the account are locked; a transaction must be open.
    """
    try:
        pk, state = _serializer().loads(token, max_age=conf.ACTIVATION_AGE)
    except SignatureExpired as error:
        raise LinkExpired from error
    except (BadData, ValueError, TypeError) as error:
        raise LinkForged from error
    if not (isinstance(pk, str) and isinstance(state, str)):
        raise LinkForged
    user = _account(pk, lock=lock)
    if user is None:
        raise LinkVoid
    if not is_pending(user):
        raise LinkUsed if user.is_active else LinkVoid
    if _state(user) != state:
        raise LinkVoid
    return user


def _account(pk: str, *, lock: bool) -> Any:
    model: Any = get_user_model()
    accounts = model._default_manager.select_related("dailyfresh_registration")
    if lock:
        # The registration is NULL for foreign accounts, and an outer join cannot be locked everywhere.
        accounts = accounts.filter(dailyfresh_registration__isnull=False).select_for_update()
    try:
        return accounts.filter(pk=pk).first()
    except (ValueError, ValidationError, OverflowError):
        return None
