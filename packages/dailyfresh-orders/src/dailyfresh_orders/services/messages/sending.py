"""The drain that sends letters, and what staff do with those that did not arrive."""

from datetime import timedelta

from dailyfresh_core.outbox import deliver, work_off
from django.utils import timezone

from ...channels import channel
from ...models import Letter, Message
from .writing import in_the_language_of, write

KEPT_FOR = timedelta(days=180)


def send_letters(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Send the letters that are due and give how many went out; safe to run any number of times at once.

    A letter is sent twice only if a process died between the channel's answer and our commit. Begins nothing new after `seconds`, nor on
    a channel that failed three times in a row.
    """
    due = Letter.objects.filter(due_at__lte=timezone.now()).order_by("due_at", "pk")
    letters = list(due.select_related("message__order", "message__refund", "message__payment", "user")[:at_most])
    work_off(letters, _send, seconds=seconds, lane=lambda letter: letter.channel)
    return sum(letter.sent_at is not None for letter in letters)


def _send(letter: Letter) -> bool:
    def send() -> bool:
        way = channel(letter.channel)
        if way is None or not letter.user.is_active or not way.address_of(letter.user):
            return False
        with in_the_language_of(letter.message):
            written = write(letter.message, user=letter.user, way=way)
        way.send(written)
        return True

    return deliver(letter, send, asked_at=letter.message.at)


def send_again(letter: Letter) -> bool:
    """Have a letter that was closed without arriving sent once more; False when it arrived or waits."""
    closed = Letter.objects.filter(pk=letter.pk, due_at=None, sent_at=None)
    return bool(closed.update(due_at=timezone.now(), error=""))


def remove_old_messages() -> int:
    """Forget messages that are half a year old, with their letters; gives how many rows."""
    return Message.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
