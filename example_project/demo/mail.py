"""Mails of the demo: written as `.eml` files into `var/mails`, and shown at `/demo/mails/`."""

import time
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FolderBackend(BaseEmailBackend):
    """One file a mail, named by time, as any mail program opens it."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAILS_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.strftime('%Y%m%d-%H%M%S')}-{uuid4().hex[:6]}.eml"
            part = folder / f".{name}"
            part.write_bytes(message.message().as_bytes())
            part.rename(folder / name)  # never half a mail
        return len(email_messages)


def mails() -> list[tuple[str, Parsed]]:
    """File name and mail, the newest first."""
    files = sorted(Path(settings.MAILS_DIR).glob("*.eml"), reverse=True)
    return [(file.stem, parse(file)) for file in files]


def mail(name: str) -> Parsed | None:
    """The mail in that file, or None."""
    file = Path(settings.MAILS_DIR) / f"{name}.eml"
    return parse(file) if file.is_file() else None


def parse(file: Path) -> Parsed:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def body(message: Parsed, kind: str) -> str | None:
    """The text of the part "plain" or "html", decoded."""
    part = message.get_body((kind,))
    return str(part.get_content()) if part else None
