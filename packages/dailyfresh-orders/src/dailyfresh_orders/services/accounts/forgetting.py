"""Forgetting the person of an order; sums, lines and states stay for the books."""

from typing import Any

from dailyfresh_core.db.retrying import retried
from django.db import transaction

from ...models import Invoice, InvoiceTitle, Order, OrderLog, OrderNote, Refund, Review
from ..locking import lock_orders
from ..messages.telling import forget_letters
from ..transitions import FORGOTTEN, scrubbed


@retried
@transaction.atomic
def anonymise(*, user: Any) -> int:
    """Take the person out of the user's orders and reviews; sums, lines and states stay. Gives the number of orders.

    An order that has yet to arrive keeps its address until it has: the step that ends it forgets the rest.
    """
    mine = Order.objects.filter(user=user)
    lock_orders(mine)
    OrderLog.objects.filter(order__in=mine, by=user.get_username()).update(by=FORGOTTEN)
    OrderNote.objects.filter(order__in=mine).delete()  # nobody can tell what of them is about the person
    Refund.objects.filter(payment__order__in=mine).update(reason="", answer="", asked_by=None)
    Invoice.objects.filter(order__in=mine, kind=Invoice.Kind.PERSONAL).update(title=FORGOTTEN)
    InvoiceTitle.objects.filter(user=user).delete()
    Review.objects.filter(user=user).update(author=FORGOTTEN, user=None)
    forget_letters(user=user)
    arrived = (Order.State.RECEIVED, Order.State.DONE, Order.State.CANCELLED, Order.State.CLOSED)
    return mine.filter(state__in=arrived).update(user=None, **scrubbed()) + mine.update(user=None)
