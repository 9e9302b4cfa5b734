"""Asking for mails, and the drain that sends them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from dailyfresh_core.background.outbox import deliver, reference_of, work_off
from dailyfresh_core.channels import MailChannel, Written
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from ..conf import conf
from ..durations import in_words
from ..models import LONGEST_NEXT, Mail
from ..selectors import email_is_claimed, email_of, is_pending
from ..signals import mail_requested
from ..tokens import activation_token

KEPT_FOR = timedelta(days=30)


def leading_on(path: str, way_on: str) -> str:
    """The path, with the page to go on to as its `next` if there is one."""
    return f"{path}?{urlencode({'next': way_on})}" if way_on else path


def request_mail(*, user: Any, kind: str, origin: str, next: str = "", after: int = 0) -> None:
    """Have one mail of this kind sent to the account in `after` seconds, in the language that is active now.

    `origin` is where its link leads: scheme, host and script prefix; `next` the page of the site that it leads on to. An unsent one of the same kind
    is superseded, so that a mail server coming back does not bring five of them.
    """
    with transaction.atomic():
        waiting = Mail.objects.filter(user=user, kind=kind, due_at__isnull=False)
        waiting.update(due_at=None, error="superseded")
        way_on = next if len(next) <= LONGEST_NEXT else ""
        language = translation.get_language() or "en"
        due = timezone.now() + timedelta(seconds=after)
        Mail.objects.create(user=user, kind=kind, origin=origin, language=language, next=way_on, due_at=due)
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


def _send(mail: Mail) -> bool:
    def send() -> bool:
        with translation.override(mail.language):
            written = _compose(mail)
        if written is not None:
            reference = reference_of(mail, asked_at=mail.requested_at)
            MailChannel(sender=conf.MAIL_FROM).send(replace(written, reference=reference))
        return written is not None

    return deliver(mail, send, asked_at=mail.requested_at)


def _letter(mail: Mail) -> tuple[str, str, int] | None:
    """What there is to say to the account by now: template, path of the link, seconds it is valid; None when nothing is."""
    user = mail.user
    if mail.kind == Mail.Kind.PASSWORD_RESET:
        if not user.is_active:
            return None
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        path = reverse("dailyfresh_users:password_reset_confirm", args=[uid, default_token_generator.make_token(user)])
        return "password_reset", leading_on(path, mail.next), settings.PASSWORD_RESET_TIMEOUT
    if not is_pending(user):
        return None
    if email_is_claimed(email_of(user), but=user):
        path = leading_on(reverse("dailyfresh_users:password_reset"), user.dailyfresh_registration.next)
        return "already_registered", path, conf.ACTIVATION_AGE
    path = reverse("dailyfresh_users:activate", args=[activation_token(user)])
    return "activation", path, conf.ACTIVATION_AGE


def _compose(mail: Mail) -> Written | None:
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
    return Written(
        to=recipient,
        subject=render_to_string(f"{name}.subject.txt", context),
        text=render_to_string(f"{name}.txt", context),
        html=render_to_string(f"{name}.html", context),
        kind=template,
    )
