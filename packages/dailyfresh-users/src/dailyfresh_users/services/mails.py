"""Asking for mails, and the drain that sends them."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any
from urllib.parse import urlsplit

from dailyfresh_core.outbox import claim, doubling, pause, work_off
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ..conf import conf
from ..durations import in_words
from ..models import Mail
from ..selectors import email_is_claimed, email_of, is_pending
from ..signals import mail_requested
from ..tokens import activation_token

logger = logging.getLogger(__name__)

TIMEOUT = 15
"""Seconds that a mail server may take for one answer, where the site set no timeout."""
CLAIM = timedelta(seconds=180)
"""How long a claim holds. Longer than a whole conversation with a slow server, or a second worker would send again."""
PAUSES = doubling(30, 3600)
GIVE_UP_AFTER, KEPT_FOR = timedelta(days=1), timedelta(days=30)


def request_mail(*, user: Any, kind: str, origin: str) -> None:
    """Have one mail of this kind sent to the account, in the language that is active now.

    `origin` is where its link leads: scheme, host and script prefix. An unsent one of the same kind
    is superseded, so that a mail server coming back does not bring five of them.
    """
    with transaction.atomic():
        waiting = Mail.objects.filter(user=user, kind=kind, due_at__isnull=False)
        waiting.update(due_at=None, error="superseded")
        Mail.objects.create(user=user, kind=kind, origin=origin, language=translation.get_language() or "en")
        mail_requested.send(sender=Mail)


def send_due_mails(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Send the mails that are due and give how many went out; safe to run any number of times at once.

    Each is claimed by moving its `due_at`, which only one worker manages. The claim of a worker that
    died runs out: a mail is sent twice only if it died between the server's 250 and our commit.
    Begins nothing new after `seconds`, nor when three in a row failed.
    """
    # Without the accounts: each is read when its turn comes, for what there is to say may have changed.
    mails = list(Mail.objects.filter(due_at__lte=timezone.now()).order_by("due_at")[:at_most])
    work_off(mails, _send, seconds=seconds)
    return sum(mail.sent_at is not None for mail in mails)


def remove_old_mails() -> int:
    """Forget the mails that were closed a month ago."""
    return Mail.objects.filter(due_at=None, requested_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def mailer() -> Any:
    """The site's mail backend, which waits for no server for ever."""
    # MAILERS takes the place of EMAIL_BACKEND and get_connection() from Django 6.1 on.
    mailers = getattr(django_mail, "mailers", None)
    connection: Any = mailers.default if mailers is not None else django_mail.get_connection()
    if getattr(connection, "timeout", TIMEOUT) is None:
        connection.timeout = TIMEOUT
    return connection


def _send(mail: Mail) -> bool:
    """Claim the mail and send it, or close it where that is vain; False when it is to be tried again."""
    mail.attempts += 1
    if not claim(mail, "due_at", timezone.now() + CLAIM, attempts=mail.attempts):
        return True
    try:
        with translation.override(mail.language):
            message = _compose(mail)
        if message is not None:
            mailer().send_messages([message])
    except Exception as error:  # noqa: BLE001 - mail backends and templates raise what they like; the row stays due
        return _failed(mail, error)
    if message is None:
        return _close(mail, error="no longer needed")
    mail.sent_at = timezone.now()
    return _close(mail)


def _failed(mail: Mail, error: Exception) -> bool:
    codes = [code for code, _text in error.recipients.values()] if isinstance(error, SMTPRecipientsRefused) else []
    if codes and all(500 <= code < 600 for code in codes):
        logger.warning("mail %s: the server refuses the recipient for good (%s)", mail.pk, codes)
        return _close(mail, error=f"recipient refused: {codes}")
    why = f"{type(error).__name__}: {error}"
    if timezone.now() - mail.requested_at > GIVE_UP_AFTER:
        logger.error("mail %s is given up after %s attempts", mail.pk, mail.attempts, exc_info=error)
        return _close(mail, error=f"given up: {why}")
    wait = pause(mail.attempts - 1, PAUSES)
    logger.warning("mail %s was not sent, again in %s", mail.pk, wait, exc_info=error)
    _end(mail, due_at=timezone.now() + wait, error=why)
    return False


def _close(mail: Mail, *, error: str = "") -> bool:
    _end(mail, due_at=None, error=error)
    return True


def _end(mail: Mail, *, due_at: datetime | None, error: str) -> None:
    # Only while the claim is ours: whoever took it over after it ran out writes its own ending.
    Mail.objects.filter(pk=mail.pk, due_at=mail.due_at).update(due_at=due_at, sent_at=mail.sent_at, error=error[:200])


def _letter(mail: Mail) -> tuple[str, str, int] | None:
    """What there is to say to the account by now: template, path of the link, seconds it is valid; None when nothing is."""
    user = mail.user
    if mail.kind == Mail.Kind.PASSWORD_RESET:
        if not user.is_active:
            return None
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        path = reverse("dailyfresh_users:password_reset_confirm", args=[uid, default_token_generator.make_token(user)])
        return "password_reset", path, settings.PASSWORD_RESET_TIMEOUT
    if not is_pending(user):
        return None
    if email_is_claimed(email_of(user), but=user):
        return "already_registered", reverse("dailyfresh_users:password_reset"), conf.ACTIVATION_AGE
    path = reverse("dailyfresh_users:activate", args=[activation_token(user)])
    return "activation", path, conf.ACTIVATION_AGE


def _compose(mail: Mail) -> EmailMultiAlternatives | None:
    letter, recipient = _letter(mail), email_of(mail.user)
    if letter is None or not recipient:
        return None
    template, path, seconds_valid = letter
    host = urlsplit(mail.origin).netloc
    context = {
        "user": mail.user,
        "username": mail.user.get_username(),
        # The worker's own script prefix says nothing about the site: `origin` brought the visitor's.
        "link": f"{mail.origin}/{path.removeprefix(get_script_prefix())}",
        "valid": in_words(seconds_valid),
        "site_name": conf.SITE_NAME or host,
        "host": host,
    }
    name = f"dailyfresh_users/mail/{template}"
    message = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"{name}.subject.txt", context).split()),
        body=render_to_string(f"{name}.txt", context),
        from_email=conf.MAIL_FROM,
        to=[recipient],
    )
    message.attach_alternative(render_to_string(f"{name}.html", context), "text/html")
    return message
