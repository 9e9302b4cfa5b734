"""What people were told in the shop meanwhile. Nobody gets weeks of mails at once."""

from datetime import timedelta

from dailyfresh_core.db.rows import portions_of
from dailyfresh_orders.channels import kept
from dailyfresh_orders.models import Letter, Message
from dailyfresh_orders.staff import staff_for
from django.utils import timezone

FRESH = timedelta(days=2)
"""What is older was read."""
AT_ONCE = 5000
"""Messages whose letters are made together: all of a large trade would not be in memory."""


def deliver_letters() -> int:
    """Address what waits, to the buyer or the staff, in the shop alone; gives how many letters."""
    staff = {event: [user.pk for user in staff_for(event)] for event in Message.STAFF}
    fresh, number, codes = timezone.now() - FRESH, 0, kept()
    waiting = list(
        Message.objects.filter(due=True).order_by("at", "pk").values_list("pk", "event", "at", "order__user")
    )
    for some in portions_of(waiting, AT_ONCE):
        letters = [
            Letter(
                message_id=message,
                user_id=user,
                channel=code,
                sent_at=at,
                read_at=None if at > fresh else at + timedelta(hours=3),
            )
            for message, event, at, buyer in some
            for user in staff.get(event, [buyer])
            if user is not None
            for code in codes
        ]
        number += len(Letter.objects.bulk_create(letters, batch_size=1000))
    Message.objects.filter(due=True).update(due=None)
    return number
