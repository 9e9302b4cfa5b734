"""What happens here when something happens elsewhere."""

from typing import Any

from dailyfresh_core.background.waking import wake_on
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from .conf import conf
from .services import follow_account, forget_session
from .signals import account_erasing, mail_requested
from .tasks import drain
from .views.visitors import note_session


@receiver(user_logged_in, dispatch_uid="dailyfresh_users.keep_note")
def keep_note(sender: object, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Somebody signed in, on any login page of the site."""
    if request is not None and hasattr(request, "session"):
        note_session(request, user)


@receiver(user_logged_out, dispatch_uid="dailyfresh_users.drop_note")
def drop_note(sender: object, request: HttpRequest | None, **kwargs: Any) -> None:
    """Somebody signed out; the session still lives at this moment."""
    if request is not None and hasattr(request, "session"):
        forget_session(session=request.session)


@receiver(post_save, sender=settings.AUTH_USER_MODEL, dispatch_uid="dailyfresh_users.account_saved")
def account_saved(
    sender: object, instance: Any, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """An account was saved, by staff perhaps: its registration keeps up with `is_active` and the e-mail address.

    Else a link would revive an account that staff activated and disabled again, and an address
    that somebody gave up would stay taken.
    """
    watched = {"is_active", instance.get_email_field_name()}
    if not created and (update_fields is None or watched & set(update_fields)):
        follow_account(user=instance)


# A mail is to be sent, or an account to be forgotten elsewhere, once this is committed.
wake_on(mail_requested, drain, conf, uid="dailyfresh_users.mail_requested")
wake_on(account_erasing, drain, conf, uid="dailyfresh_users.account_erasing")
