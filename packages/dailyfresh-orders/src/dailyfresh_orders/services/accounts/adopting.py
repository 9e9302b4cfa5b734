"""What a guest ordered becomes an account's."""

from typing import Any

from dailyfresh_core.db.retrying import retried
from django.db import transaction

from ...models import InvoiceTitle, Letter, Order, Review
from ..locking import lock_orders


@retried
@transaction.atomic
def adopt(*, guest: Any, user: Any) -> int:
    """Give the guest's orders, with their reviews and messages, to the user; gives the number of orders."""
    theirs = Order.objects.filter(user=guest)
    lock_orders(theirs)
    for model in (Review, Letter, InvoiceTitle):
        model._default_manager.filter(user=guest).update(user=user)
    return theirs.update(user=user, turn=None)  # the turns of both would meet
