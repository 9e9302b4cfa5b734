"""What a person does with the messages: reads them, and chooses which to get."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from ...channels import kept
from ...models import Letter, MessageChoice


def mark_read(*, user: Any, letter: Letter | None = None) -> int:
    """Note that one letter was read, or all of them; gives how many were not."""
    unread = Letter.objects.filter(user=user, channel__in=kept(), read_at=None)
    if letter is not None:
        unread = unread.filter(pk=letter.pk)
    return unread.update(read_at=timezone.now())


def choose_messages(*, user: Any, unwanted: Iterable[str]) -> None:
    """Keep what the person does not want to hear ("shipped:mail"), instead of what was kept before."""
    MessageChoice.objects.update_or_create(user=user, defaults={"unwanted": sorted(unwanted)})
