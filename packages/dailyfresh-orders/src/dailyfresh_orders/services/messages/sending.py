"""The drain that sends letters, and what staff do with those that did not arrive."""

from dataclasses import replace
from datetime import timedelta

from dailyfresh_core.background.outbox import deliver, reference_of, work_off
from django.db.models import QuerySet
from django.utils import timezone

from ...channels import channel
from ...conf import conf
from ...models import Letter, Message
from .writing import in_the_language_of, write

KEPT_FOR = timedelta(days=180)
HOUR, LATER = timedelta(hours=1), timedelta(minutes=5)
UNBOUNDED = 1000


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
    others = Letter.objects.filter(user=letter.user, channel=letter.channel, message__event=letter.message.event)
    left = _left(letter, others)
    if left <= 0:
        Letter.objects.filter(pk=letter.pk, due_at=letter.due_at).update(due_at=timezone.now() + LATER)
        return True
    waiting = (
        list(others.exclude(pk=letter.pk).filter(due_at__isnull=False).values_list("pk", flat=True))
        if left == 1
        else []
    )

    def send() -> bool:
        way = channel(letter.channel)
        if way is None or not letter.user.is_active or not way.address_of(letter.user):
            return False
        with in_the_language_of(letter.message):
            written = write(letter.message, user=letter.user, way=way, more=len(waiting))
        way.send(replace(written, reference=reference_of(letter, asked_at=letter.message.at)))
        Letter.objects.filter(pk__in=waiting, due_at__isnull=False).update(due_at=None, sent_at=timezone.now())
        return True

    return deliver(letter, send, asked_at=letter.message.at)


def _left(letter: Letter, others: QuerySet[Letter]) -> int:
    """How many letters of this event may go to one of the staff before the hour is over; the last one tells of all that wait.

    Whoever orders and asks with many accounts fills nobody's mailbox.
    """
    if not letter.message.for_staff or conf.STAFF_LETTERS is None:
        return UNBOUNDED
    return conf.STAFF_LETTERS - others.filter(sent_at__gt=timezone.now() - HOUR).count()


def send_again(letter: Letter) -> bool:
    """Have a letter that was closed without arriving sent once more; False when it arrived or waits."""
    closed = Letter.objects.filter(pk=letter.pk, due_at=None, sent_at=None)
    return bool(closed.update(due_at=timezone.now(), error=""))


def remove_old_messages() -> int:
    """Forget messages that are half a year old, with their letters; gives how many rows."""
    return Message.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]
