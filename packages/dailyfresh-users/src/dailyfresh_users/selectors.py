"""Reading accounts and what stands beside them."""

import hashlib
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .models import Address, Mail, Registration, UserSession

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

LONGEST_KEY = 255
CONFIRMED = Q(dailyfresh_registration=None) | Q(dailyfresh_registration__activated_at__isnull=False)
"""Accounts whose e-mail address was proven, or that were not opened through this package."""


def email_of(user: Any) -> str:
    """The account's e-mail address, by whatever name its model has it."""
    return str(getattr(user, user.get_email_field_name(), "") or "")


def name_of(user: Any) -> str:
    """How the account is addressed: its full name where it has one, else its user name."""
    first, last = getattr(user, "first_name", ""), getattr(user, "last_name", "")
    if first and last and unicodedata.name(last[0], "").startswith("CJK"):
        return f"{last}{first}"
    full = getattr(user, "get_full_name", str)()
    return str(full or user.get_username())


def email_key(email: str) -> str:
    """One spelling for all that reach the same mailbox, in ASCII, so that every collation compares it alike."""
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode("ascii")
    key = f"{local}@{domain}"
    # Longer than a unique column may be on MariaDB, which an address in another script can become in ASCII.
    return key if len(key) <= LONGEST_KEY else hashlib.sha256(key.encode()).hexdigest()


def account_named(identifier: str) -> "AbstractBaseUser | None":
    """The account with this user name, the only one that has it in another case of letters, or the only owner of this address.

    Two accounts with one address are none: the visitor has to name the account. Pending accounts
    own no address, so that nobody can shut an owner out by registering with their address; they
    are found by it only while no confirmed account has it.
    """
    model: Any = get_user_model()
    name = model.normalize_username(identifier)
    try:
        found: AbstractBaseUser = model._default_manager.get_by_natural_key(name)
        return found
    except model.DoesNotExist:
        owners = accounts_with_email(identifier) if "@" in identifier else model._default_manager.none()
        return _only(owners.filter(CONFIRMED)) or _only(owners) or _only(_accounts_named(name))


def _only(accounts: "QuerySet[Any]") -> "AbstractBaseUser | None":
    first, *others = [*accounts[:2]] or [None]
    return None if others else first


def _accounts_named(name: str) -> "QuerySet[Any]":
    model: Any = get_user_model()
    accounts: QuerySet[Any] = model._default_manager.filter(**{f"{model.USERNAME_FIELD}__iexact": name})
    return accounts


def accounts_with_email(email: str) -> "QuerySet[Any]":
    """Every account that names this address, confirmed or not, with its registration; a guest only gets mail there, and owns nothing."""
    model: Any = get_user_model()
    accounts: QuerySet[Any] = model._default_manager.filter(**{f"{model.get_email_field_name()}__iexact": email})
    return accounts.exclude(dailyfresh_registration__guest=True).select_related("dailyfresh_registration")


def email_is_claimed(email: str, *, but: Any) -> bool:
    """Whether a confirmed account other than `but` has this address."""
    if Registration.objects.filter(email_key=email_key(email)).exclude(user=but).exists():
        return True
    return accounts_with_email(email).filter(CONFIRMED).exclude(pk=but.pk).exists()


def name_is_taken(username: str) -> bool:
    """Whether an account has this name, in any case of letters."""
    return _accounts_named(get_user_model().normalize_username(username)).exists()


def is_pending(user: Any) -> bool:
    """Whether the account still waits for its owner to activate it; False for one disabled by staff."""
    if user.is_active:
        return False
    registration = getattr(user, "dailyfresh_registration", None)
    return registration is not None and registration.activated_at is None


def is_guest(user: Any) -> bool:
    """Whether the account is a guest's, without password and address; one statement."""
    return user.is_authenticated and Registration.objects.filter(user=user, guest=True).exists()


def sessions_of(user: Any) -> "QuerySet[UserSession]":
    """Where the account is signed in, latest first."""
    return UserSession.objects.filter(user=user, expires_at__gt=timezone.now()).order_by("-seen_at", "-pk")


def addresses_of(user: Any) -> "QuerySet[Address]":
    """The account's addresses, the default first, then the latest."""
    return Address.objects.filter(user=user).order_by(F("default_slot").desc(nulls_last=True), "-updated_at", "-pk")


def default_address(user: Any) -> Address | None:
    """The address that the checkout offers first."""
    return Address.objects.filter(user=user, default_slot=1).first()


def mails_are_delayed() -> bool:
    """Whether the last attempt to send a mail, whosever, failed and is to be repeated: it says nothing of any account."""
    last = (
        Mail.objects.filter(attempts__gt=0)
        .exclude(error="superseded")
        .order_by("-pk")
        .values("due_at", "error")
        .first()
    )
    return last is not None and last["due_at"] is not None and last["error"] != ""
