"""Opening, activating and clearing away accounts."""

import logging
from datetime import timedelta
from typing import Any

from dailyfresh_core.db.retrying import retried
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from .. import throttles
from ..conf import conf
from ..exceptions import LinkVoid, Throttled, UsernameTaken
from ..models import LONGEST_NEXT, Mail, Registration
from ..selectors import CONFIRMED, accounts_with_email, email_is_claimed, email_key, email_of, is_pending, name_is_taken
from ..signals import user_activated, user_registered
from ..tokens import account_to_activate
from .mails import request_mail

logger: logging.Logger = logging.getLogger(__name__)
MOST_ACCOUNTS = 5
"""How many accounts of one address get a mail at once; strangers may have registered with it."""


def open_account(*, username: str, email: str, password: str, origin: str, next: str = "") -> Any:
    """Open an inactive account and have its activation mail sent.

    An address that a confirmed account has is accepted all the same, and only the mail tells its
    reader: whoever registers learns nothing about other people's addresses. `next` is the page of this site
    that activation leads on to; one that is too long to keep is left out.
    Raises UsernameTaken, also to the loser of two that registered at once. A mailbox that had its share of such mails gets this one
    later: strangers who name somebody's address keep its owner from nothing.
    """
    model: Any = get_user_model()
    names = {model.USERNAME_FIELD: model.normalize_username(username), model.get_email_field_name(): email}
    user = model(**names, is_active=False)
    user.set_password(password)
    if name_is_taken(username):
        raise UsernameTaken(username)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError as error:
            raise UsernameTaken(username) from error
        wait = 0
        try:
            throttles.limit_mailbox(kind="registration", email=email)  # after the name was won: a loser sends no mail
        except Throttled as error:
            wait = error.retry_after
        Registration.objects.create(user=user, next=next if len(next) <= LONGEST_NEXT else "")
        request_mail(user=user, kind=Mail.Kind.ACTIVATION, origin=origin, after=wait)
        user_registered.send(sender=model, user=user)
    return user


@retried
def activate_account(*, token: str) -> Any:
    """Make the account of an activation link usable and its e-mail address its own, once.

    Raises an ActivationRefused that says why not; of two links for one address the second is void. Outside a transaction
    it begins again when the database gave it up for another that wants the same address, and raises Busy in the end.
    """
    with transaction.atomic():
        user = account_to_activate(token, lock=True)
        if email_is_claimed(email_of(user), but=user):
            raise LinkVoid
        user.is_active = True
        try:
            with transaction.atomic():
                _settle(user=user, email_key=email_key(email_of(user)))
        except IntegrityError as error:
            raise LinkVoid from error
        user.save(update_fields=["is_active"])
        user_activated.send(sender=type(user), user=user)
    return user


def _settle(*, user: Any, email_key: str | None) -> bool:
    """Note that the account was activated, if it was still pending; its old links are dead from now on."""
    pending = Registration.objects.filter(user=user, activated_at=None)
    return bool(pending.update(activated_at=timezone.now(), email_key=email_key))


def follow_account(*, user: Any) -> None:
    """Bring the registration into line with an account that was changed otherwise than by its link."""
    registration = Registration.objects.filter(user=user).first()
    if registration is None or registration.guest or (registration.activated_at is None and not user.is_active):
        return
    email = email_of(user)
    key = email_key(email) if email else None
    if registration.activated_at is not None and registration.email_key == key:
        return
    free = key is not None and not email_is_claimed(email, but=user)
    if registration.activated_at is None:
        _settle(user=user, email_key=key if free else None)
    else:
        Registration.objects.filter(pk=registration.pk).update(email_key=key if free else None)


def resend_activation(*, email: str, subject: str, origin: str) -> None:
    """Send the pending accounts of this address, the latest few, a new link each; says nothing when there is none.

    Raises Throttled when the visitor (`subject`) asked for too many mails.
    """
    throttles.limit_mail(subject=subject, kind="activation", email=email)
    accounts = accounts_with_email(email).exclude(CONFIRMED).order_by("-dailyfresh_registration__registered_at")
    users = [user for user in accounts[:MOST_ACCOUNTS] if is_pending(user)]
    _request_mails(users=users, kind=Mail.Kind.ACTIVATION, email=email, origin=origin)


def request_password_reset(*, email: str, subject: str, origin: str, next: str = "") -> None:
    """Send every active account of this address a link to set a new password; says nothing when there is none.

    `next` is the page of this site that the link leads on to.
    Raises Throttled when the visitor (`subject`) asked for too many mails.
    """
    throttles.limit_mail(subject=subject, kind="password_reset", email=email)
    accounts = accounts_with_email(email).filter(CONFIRMED).order_by("pk")[:MOST_ACCOUNTS]
    users = [user for user in accounts if user.is_active and user.has_usable_password()]
    _request_mails(users=users, kind=Mail.Kind.PASSWORD_RESET, email=email, origin=origin, next=next)


def _request_mails(*, users: list[Any], kind: Mail.Kind, email: str, origin: str, next: str = "") -> None:
    # A refusal would tell that there is an account, so it is silent. Nobody is left without a link by it:
    # only mails of this kind that were queued are counted, and the latest of them holds a good one.
    try:
        if users:
            throttles.limit_mailbox(kind=kind, email=email)
    except Throttled:
        return
    for user in users:
        request_mail(user=user, kind=kind, origin=origin, next=next)


def remove_unactivated() -> int:
    """Remove accounts that nobody activated within PENDING_AGE, so that their names are free again."""
    if conf.PENDING_AGE is None:
        return 0
    old = timezone.now() - timedelta(seconds=conf.PENDING_AGE)
    stale = Registration.objects.filter(activated_at=None, registered_at__lt=old, user__is_active=False)
    removed = 0
    for pk in list(stale.values_list("user_id", flat=True)[:500]):
        with transaction.atomic():
            accounts: Any = get_user_model()._default_manager
            user = accounts.select_for_update().filter(pk=pk, is_active=False).first()
            try:
                if user is not None and stale.filter(user=user).exists():
                    user.delete()
                    removed += 1
            except (ProtectedError, RestrictedError):
                logger.warning("the account %s was never activated, but other rows hold it", pk)
    return removed
