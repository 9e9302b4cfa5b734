"""Mail, through the site's own backend."""

from email.utils import parseaddr
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode
from django.utils.translation import pgettext_lazy

from ..background.outbox import Undeliverable
from .base import Channel, Written

TIMEOUT = 15
"""Seconds that a mail server may take for one answer, where the site set no timeout."""


def mailer() -> Any:
    """The site's mail backend, which waits for no server for ever."""
    # MAILERS takes the place of EMAIL_BACKEND and get_connection() from Django 6.1 on.
    mailers = getattr(django_mail, "mailers", None)
    connection: Any = mailers.default if mailers is not None else django_mail.get_connection()
    if getattr(connection, "timeout", TIMEOUT) is None:
        connection.timeout = TIMEOUT
    return connection


class MailChannel(Channel):
    """Text and HTML to the account's e-mail address. `sender` is the From of the mails; None means `DEFAULT_FROM_EMAIL`."""

    label: Any = pgettext_lazy("channel", "E-mail")

    def __init__(self, *, sender: str | None = None) -> None:
        self.sender = sender

    def address_of(self, user: Any) -> str:
        return str(getattr(user, user.get_email_field_name(), "") or "")

    def send(self, written: Written) -> None:
        message = EmailMultiAlternatives(
            subject=" ".join(written.subject.split()),
            body=written.text,
            from_email=self.sender,
            to=[written.to],
            headers=self._headers(written),
        )
        if written.html:
            message.attach_alternative(written.html, "text/html")
        try:
            mailer().send_messages([message])
        except SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            if codes and all(500 <= code < 600 for code in codes):
                raise Undeliverable(f"recipient refused: {codes}") from error
            raise

    def _headers(self, written: Written) -> dict[str, str]:
        """Sent again after a kill, a mail has its old Message-ID: mailboxes that have it already drop the second."""
        domain = parseaddr(self.sender or settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
        return {"Message-ID": f"<{written.reference}@{punycode(domain)}>"} if written.reference else {}
