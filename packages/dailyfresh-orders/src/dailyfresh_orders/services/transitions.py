"""The life of an order: one table of legal steps, one function for each step.

Every step takes a locked order, or the id of one that it locks in a transaction of its own (`locking.step`); it checks the table, writes
who / when / why, and sends `order_moved` after the commit.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from ..conf import conf
from ..exceptions import IllegalTransition
from ..models import Message, Order, OrderLog, Payment, Refund
from ..signals import order_moved
from .books.booking import book_delivery
from .holding import let_go, refused, use_offers
from .locking import LockedOrder, step
from .messages.telling import tell
from .shelving import give_back, taken

Event = Message.Event

LEGAL: dict[str, frozenset[str]] = {
    Order.State.TO_SHIP: frozenset({Order.State.AWAITING_PAYMENT, Order.State.CANCELLING}),
    Order.State.CANCELLING: frozenset({Order.State.AWAITING_PAYMENT}),
    Order.State.CANCELLED: frozenset({Order.State.CANCELLING, Order.State.TO_SHIP}),
    Order.State.SHIPPED: frozenset({Order.State.TO_SHIP}),
    # At once when it is paid, where nothing is sent.
    Order.State.RECEIVED: frozenset({Order.State.SHIPPED, Order.State.AWAITING_PAYMENT, Order.State.CANCELLING}),
    Order.State.DONE: frozenset({Order.State.RECEIVED}),
    Order.State.CLOSED: frozenset({Order.State.TO_SHIP, Order.State.SHIPPED, Order.State.RECEIVED, Order.State.DONE}),
}
"""State -> the states it can be reached from."""


SOLD = (Event.PAID, Event.NEW_ORDER)

FORGOTTEN = "—"
_PERSONAL = ("receiver", "phone", "district", "street", "postcode", "note", "tracking_number")


def scrubbed() -> dict[str, str]:
    """What the personal columns of an order hold once its buyer is forgotten; province and city stay for the books."""
    return dict.fromkeys(_PERSONAL, FORGOTTEN)


def _move(
    order: LockedOrder, became: str, *, by: Any, why: str = "", tells: Sequence[str] = (), **changes: Any
) -> None:
    """Write the step of a locked order and what people are told of it; raises IllegalTransition when the table does not allow it."""
    was = order.state
    if was not in LEGAL[became]:
        raise IllegalTransition(order, was, became)
    changes = {"due_at": None, **changes, "state": became}
    if became in (Order.State.DONE, Order.State.CANCELLED, Order.State.CLOSED):
        changes["ended_at"] = timezone.now()
        if order.user_id is None:
            changes |= scrubbed()
    for field, value in changes.items():
        setattr(order, field, value)
    order.save(update_fields=list(changes))
    OrderLog.objects.create(order=order, by=str(by)[:150], was=was, became=became, why=why[:200])
    tell(*tells, order=order, note=str(order.payable) if {*tells} & {*Message.OF_AMOUNT} else "")
    transaction.on_commit(
        lambda: order_moved.send_robust(Order, order_id=order.pk, was=was, became=became), robust=True
    )


@step
def mark_paid(order: LockedOrder, *, paid_at: datetime, by: Any) -> bool:
    """The money is there: awaiting payment (or being cancelled) -> to be shipped; False when the order is past that.

    An order of which nothing is sent is received with it.
    """
    if order.state not in LEGAL[Order.State.TO_SHIP]:
        return False
    if order.requires_shipping:
        _move(order, Order.State.TO_SHIP, by=by, tells=SOLD, paid_at=paid_at, sold_at=timezone.now())
    else:
        _move(
            order,
            Order.State.RECEIVED,
            by=by,
            tells=(Event.PAID,),
            paid_at=paid_at,
            sold_at=timezone.now(),
            **received(),
        )
    use_offers(order)
    return True


@step
def send_unpaid(order: LockedOrder, *, payment_method: str, by: Any, why: str = "", turn: int | None = None) -> None:
    """The courier is to be paid: awaiting payment -> to be shipped; IllegalTransition from anywhere else."""
    if order.state != Order.State.AWAITING_PAYMENT:
        raise IllegalTransition(order, order.state, Order.State.TO_SHIP)
    _move(
        order,
        Order.State.TO_SHIP,
        by=by,
        why=why,
        tells=(Event.NEW_ORDER,),
        payment_method=payment_method,
        expires_at=None,
        sold_at=timezone.now(),
        turn=turn,
    )


@step
def request_cancel(order: LockedOrder, *, by: Any, why: str = "") -> None:
    """Stop an unpaid order: awaiting payment -> being cancelled. Its stock stays taken until `finish_cancel`."""
    _move(order, Order.State.CANCELLING, by=by, why=why)


@step
def finish_cancel(order: LockedOrder, *, by: Any, why: str = "") -> bool:
    """Nothing can be paid any more: being cancelled -> cancelled, its stock released; False when it is past that.

    Call it only once the gateway said that the trade is closed. The state is the guard: of two callers one releases.
    """
    if order.state != Order.State.CANCELLING:
        return False
    over = order.expires_at is not None and order.expires_at <= timezone.now()
    _move(order, Order.State.CANCELLED, by=by, why=why, tells=(Event.CANCELLED,))
    let_go(order, why="unpaid" if over else "cancelled")
    give_back(order, taken(order))
    return True


@step
def withdraw(order: LockedOrder, *, by: Any, why: str = "") -> None:
    """Stop an order that is to be paid on delivery, before it is shipped: its stock returns; IllegalTransition once it is paid or sent."""
    if order.state != Order.State.TO_SHIP or order.paid_at is not None or may_have_money(order):
        raise IllegalTransition(order, order.state, Order.State.CANCELLED)
    _move(order, Order.State.CANCELLED, by=by, why=why, tells=(Event.CANCELLED,))
    let_go(order, why="cancelled" if getattr(by, "pk", "") == order.user_id else "shop")
    give_back(order, taken(order))


def may_have_money(order: Order) -> bool:
    """Whether more was begun than payments of which nothing came, or all of what paid nothing has gone back."""
    over = Q(state=Payment.State.CLOSED) | Q(state=Payment.State.REFUNDED, paid_slot=None)
    return order.payments.exclude(over).exists()


@step
def ship(order: LockedOrder, *, carrier: str, tracking_number: str, by: Any) -> None:
    """Hand the parcel to the carrier: to be shipped -> on its way; it counts as received after RECEIVE_DAYS.

    Raises IllegalTransition also while goods may go back with their money, when all of it went back, and while somebody packs it; a
    difference holds no parcel.
    """
    now = timezone.now()
    open_ones = Refund.objects.filter(payment__order=order, state__in=Refund.OPEN)
    if open_ones.exclude(kind=Refund.Kind.SETTLEMENT).exists():
        raise IllegalTransition(order, "being refunded", Order.State.SHIPPED)
    if why := refused(order, "ship"):
        raise IllegalTransition(order, why, Order.State.SHIPPED)
    if Payment.objects.filter(order=order, paid_slot__isnull=False, state=Payment.State.REFUNDED).exists():
        raise IllegalTransition(order, "refunded", Order.State.SHIPPED)
    _move(
        order,
        Order.State.SHIPPED,
        by=by,
        tells=(Event.SHIPPED,),
        why=carrier,  # not the number: the log outlives the buyer
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=now,
        due_at=now + timedelta(days=conf.RECEIVE_DAYS),
    )


@step
def receive(order: LockedOrder, *, by: Any, why: str = "") -> None:
    """The buyer has it: on its way -> to be reviewed; it counts as done after REVIEW_DAYS.

    Raises IllegalTransition when it is not on its way.
    """
    if order.state != Order.State.SHIPPED:
        raise IllegalTransition(order, order.state, Order.State.RECEIVED)
    _move(order, Order.State.RECEIVED, by=by, why=why, tells=(Event.RECEIVED,), **received())
    if order.paid_at is None:  # to the courier, just now
        book_delivery(order)
        use_offers(order)


def received() -> dict[str, Any]:
    """The columns of an order that the buyer has from now on."""
    now = timezone.now()
    return {"received_at": now, "due_at": now + timedelta(days=conf.REVIEW_DAYS)}


@step
def finish(order: LockedOrder, *, by: Any, why: str = "") -> None:
    """Nothing is left to do: to be reviewed -> done."""
    _move(order, Order.State.DONE, by=by, why=why)


@step
def close_refunded(order: LockedOrder, *, by: Any, why: str = "") -> bool:
    """Everything was paid back: any paid state -> closed; False when it is closed already. Stock is `restock`'s business."""
    if order.state == Order.State.CLOSED:
        return False
    sent = order.state != Order.State.TO_SHIP
    _move(order, Order.State.CLOSED, by=by, why=why)
    let_go(order, why="refunded_after" if sent else "refunded_before")
    return True


@step
def restock(order: LockedOrder, *, lines: Mapping[int, int], by: Any) -> None:
    """Put `lines` (primary key of the line -> quantity) back into stock; never more than was given, ValueError otherwise."""
    give_back(order, lines)
