"""Taking one's data away, and leaving."""

from typing import Any

from dailyfresh_core.background.outbox import work_off
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils.translation import gettext as _

from ..exceptions import ErasureRefused, ExportIncomplete
from ..models import Erasure, UserSession
from ..selectors import addresses_of, email_of, name_of, sessions_of
from ..signals import account_erased, account_erasing, account_exporting
from .sessions import remove_sessions


def export_account(*, user: Any) -> dict[str, Any]:
    """Everything the site keeps about the account: ours, and what receivers of `account_exporting` add.

    Raises ExportIncomplete when one of them fails, as with a cart whose Redis is down; Django logs it.
    """
    registration = getattr(user, "dailyfresh_registration", None)
    data: dict[str, Any] = {
        "account": {
            "username": user.get_username(),
            "name": name_of(user),
            "email": email_of(user),
            "joined": getattr(user, "date_joined", None),
            "last_login": user.last_login,
            "registered": registration and registration.registered_at,
            "activated": registration and registration.activated_at,
        },
        "addresses": list(
            addresses_of(user).values(
                "receiver", "phone", "province", "city", "district", "street", "postcode", "updated_at"
            )
        ),
        "sessions": list(sessions_of(user).values("signed_in_at", "seen_at", "expires_at", "address", "agent")),
        "mails": list(user.dailyfresh_mails.order_by("pk").values("kind", "requested_at", "sent_at")),
    }
    answers: list[tuple[Any, Any]] = account_exporting.send_robust(sender=get_user_model(), user=user)
    for _receiver, sections in answers:
        if isinstance(sections, Exception):
            raise ExportIncomplete from sections
        data.update(sections or {})
    return data


def erase_account(*, user: Any) -> None:
    """Delete the account with all that is kept here, after `account_erasing` let every other app do its part.

    What other apps keep outside the database goes after the commit: the drain sends `account_erased`.
    Raises ErasureRefused: for staff, when a receiver objects, or when rows of another app hold the account.
    """
    if getattr(user, "is_staff", False) or getattr(user, "is_superuser", False):
        raise ErasureRefused(_("Accounts of the shop's staff are removed by an administrator."))
    try:
        with transaction.atomic():
            account_erasing.send(sender=get_user_model(), user=user)
            # Without its account a session is a guest's; what it holds goes once nothing can be rolled back any more.
            keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
            transaction.on_commit(lambda: remove_sessions(session_keys=keys), robust=True)
            Erasure.objects.create(user_id=str(user.pk))
            user.delete()
    except (ProtectedError, RestrictedError) as error:
        raise ErasureRefused(_("Something in the shop still needs this account. Please contact us.")) from error


def finish_erasures(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Have every receiver of `account_erased` forget those who left; gives how many are forgotten everywhere.

    A receiver that fails is logged and asked again at the next drain, together with the others. Begins nothing new after
    `seconds`.
    """
    # In random order those that fail for ever cannot gather in front of the others.
    return work_off(Erasure.objects.order_by("?")[:at_most], _forgotten, seconds=seconds).done


def _forgotten(erasure: Erasure) -> bool:
    answers = account_erased.send_robust(sender=get_user_model(), user_id=erasure.user_id)
    if any(isinstance(answer, Exception) for _receiver, answer in answers):
        return False
    erasure.delete()
    return True
