"""What people were told in the shop meanwhile. Nobody gets weeks of mails at once."""

from datetime import timedelta

from dailyfresh_orders.channels import kept
from dailyfresh_orders.models import Letter, Message
from dailyfresh_orders.services.messages.addressing import staff_for
from django.utils import timezone

FRESH = timedelta(days=2)
"""What is older was read."""


def deliver_letters() -> int:
    """Address what waits, to the buyer or the staff, in the shop alone; gives how many letters."""
    staff = {event: staff_for(event) for event in Message.STAFF}
    waiting = list(Message.objects.filter(due=True).select_related("order__user"))
    fresh = timezone.now() - FRESH
    letters = [
        Letter(
            message=message,
            user=user,
            channel=code,
            sent_at=message.at,
            read_at=None if message.at > fresh else message.at + timedelta(hours=3),
        )
        for message in waiting
        for user in (staff[message.event] if message.for_staff else [message.order.user])  # type: ignore[index, union-attr]
        if user is not None
        for code in kept()
    ]
    Letter.objects.bulk_create(letters, batch_size=1000)
    Message.objects.filter(due=True).update(due=None)
    return len(letters)
