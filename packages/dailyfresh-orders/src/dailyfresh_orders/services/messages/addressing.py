"""Who gets a message, and by which channels: decided by the drain, so that placing an order waits for none of it."""

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from dailyfresh_core.background.outbox import work_off
from dailyfresh_core.channels import Channel
from dailyfresh_core.db.retrying import retried
from django.db import transaction
from django.utils import timezone

from ...channels import channels
from ...models import Letter, Message, MessageChoice
from ...staff import staff_for


def address_messages(*, seconds: float = 20.0, at_most: int = 500) -> int:
    """Write the letters of the messages that wait; gives how many messages. Begins nothing new after `seconds`."""
    staff: dict[str, list[Any]] = {}
    ways = channels()
    due = list(Message.objects.filter(due=True).select_related("order__user", "user").order_by("pk")[:at_most])
    # In the order in which things happened; one that cannot be addressed holds up none behind it.
    lane = attrgetter("pk")
    return work_off(due, lambda message: _address(message, ways, staff), seconds=seconds, lane=lane).done


@retried
@transaction.atomic
def _address(message: Message, ways: dict[str, Channel], staff: dict[str, list[Any]]) -> bool:
    # Of two workers the second waits for the row, and finds it done.
    if not Message.objects.filter(pk=message.pk, due=True).update(due=None):
        return True
    people = _recipients(message, staff)
    chosen = MessageChoice.objects.filter(user__in=people).values_list("user_id", "unwanted")
    unwanted = {user_id: MessageChoice.words(kept) for user_id, kept in chosen}
    Letter.objects.bulk_create(
        letter for user in people for letter in _letters(message, user, ways, unwanted.get(user.pk, set()))
    )
    return True


def _recipients(message: Message, staff: dict[str, list[Any]]) -> list[Any]:
    if message.for_staff:
        if message.event not in staff:
            staff[message.event] = staff_for(message.event)
        return staff[message.event]
    buyer = message.order.user if message.order else message.user
    return [buyer] if buyer is not None and buyer.is_active else []


def _letters(message: Message, user: Any, ways: dict[str, Channel], unwanted: set[str]) -> Iterator[Letter]:
    now = timezone.now()
    for code, way in ways.items():
        if f"{message.event}:{code}" in unwanted or not way.address_of(user):
            continue
        at = {"sent_at": now} if way.kept else {"due_at": now}
        yield Letter(message=message, user=user, channel=code, **at)
