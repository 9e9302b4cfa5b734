"""Guests: accounts without password and address, each of one browser."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import throttles
from ..conf import conf
from ..exceptions import ErasureRefused
from ..models import Registration, UserSession
from ..selectors import is_guest
from ..signals import guest_joined
from .addresses import move_addresses
from .privacy import erase_account


def guests_have_mail() -> bool:
    """Whether several accounts may name one address: else a guest could not give one that somebody has."""
    model: Any = get_user_model()
    return not model._meta.get_field(model.get_email_field_name()).unique


def open_guest(*, subject: str, email: str = "") -> Any:
    """Open an account that nobody can sign in to: the browser that it is opened for is its only way in.

    `email` is where its messages go, whoever has the mailbox: nothing is opened by it.
    Raises Throttled when the visitor (`subject`) opened too many.
    """
    throttles.limit("guest", subject)
    model: Any = get_user_model()
    name = f"guest-{uuid4().hex[:14]}"
    by_mail = model.get_email_field_name() == model.USERNAME_FIELD
    user = model(**{model.USERNAME_FIELD: f"{name}@guest.invalid" if by_mail else name})
    if email and guests_have_mail():
        setattr(user, model.get_email_field_name(), email)
    if hasattr(user, "first_name"):
        user.first_name = _("Guest")
    user.set_unusable_password()
    with transaction.atomic():
        user.save()
        Registration.objects.create(user=user, activated_at=timezone.now(), guest=True)
    return user


def join_guest(*, guest: Any, user: Any) -> None:
    """Give what a guest wrote and ordered to the account that the same browser signs in to, and erase the guest.

    Does nothing where `guest` is none. What receivers of `account_erasing` refuse leaves both as they are.
    """
    if not is_guest(guest):
        return
    try:
        with transaction.atomic():
            if not Registration.objects.select_for_update().filter(user=guest).exists():
                return  # another tab was first
            move_addresses(giver=guest, user=user)
            guest_joined.send(sender=type(user), guest=guest, user=user)
            erase_account(user=guest)
    except ErasureRefused:
        return


def remove_old_guests() -> int:
    """Erase guests of more than GUEST_AGE whose browser is signed in no longer; gives how many."""
    old = timezone.now() - timedelta(seconds=conf.GUEST_AGE)
    there = UserSession.objects.filter(user=OuterRef("user"), expires_at__gt=timezone.now())
    left = Registration.objects.filter(~Exists(there), guest=True, activated_at__lt=old)
    removed = 0
    for registration in left.select_related("user").order_by("?")[:500]:
        try:
            erase_account(user=registration.user)
            removed += 1
        except ErasureRefused:
            continue
    return removed
