"""What happens here when something happens elsewhere."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_save
from django.http import HttpRequest

from .conf import wake
from .models import Registration
from .selectors import email_is_claimed, email_key, email_of
from .services.accounts import settle_registration
from .services.sessions import forget_session, keep_session
from .signals import mail_requested
from .tasks import drain
from .views.answers import visitor_address


def note_session(sender: object, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Somebody signed in, on any login page of the site."""
    if request is not None and hasattr(request, "session"):
        keep_session(
            session=request.session,
            user_id=user.pk,
            address=visitor_address(request),
            agent=request.headers.get("User-Agent", ""),
        )


def drop_session(sender: object, request: HttpRequest | None, **kwargs: Any) -> None:
    """Somebody signed out; the session still lives at this moment."""
    if request is not None and hasattr(request, "session"):
        forget_session(session=request.session)


def note_activation(
    sender: object, instance: Any, created: bool, update_fields: frozenset[str] | None, **kwargs: Any
) -> None:
    """Staff ticked "active" on a pending account: its link must not revive it after it was disabled again."""
    if created or not instance.is_active or (update_fields is not None and "is_active" not in update_fields):
        return
    if Registration.objects.filter(user=instance, activated_at=None).exists():
        email = email_of(instance)
        free = bool(email) and not email_is_claimed(email, but=instance)
        settle_registration(user=instance, email_key=email_key(email) if free else None)


def wake_drain(sender: object, **kwargs: Any) -> None:
    """A mail is to be sent once this is committed."""
    wake(drain)


def connect() -> None:
    """Connect all of the above, once."""
    user_logged_in.connect(note_session, dispatch_uid="dailyfresh_users.note_session")
    user_logged_out.connect(drop_session, dispatch_uid="dailyfresh_users.drop_session")
    post_save.connect(note_activation, sender=get_user_model(), dispatch_uid="dailyfresh_users.note_activation")
    mail_requested.connect(wake_drain, dispatch_uid="dailyfresh_users.wake_drain")
