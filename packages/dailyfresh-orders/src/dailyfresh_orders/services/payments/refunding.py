"""Deciding about refunds: what a buyer asks for, what staff give, and that it never exceeds what was paid."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.amounts import NOTHING
from dailyfresh_core.retrying import retried
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...conf import conf
from ...exceptions import RefundImpossible
from ...models import Order, Payment, Refund, RefundLine
from ..locking import LockedRefund, decision, lock_order, lock_payments, lock_refunds
from .ledger import announce, give_all_back
from .refundable import (
    COUNTED,
    REFUNDABLE,
    Refundable,
    check_amount,
    due_for,
    left_of,
    lock_refundable,
    pieces_of,
    refundable_of,
    worth_of,
)


def refund_lines(
    *,
    order: Order,
    by: Any,
    key: str,
    lines: Mapping[int, int] | None = None,
    amount: Decimal | None = None,
    reason: str = "",
    goods: str = Refund.Goods.NONE,
) -> Refund:
    """Give money back for `lines` (primary key of the line -> pieces), or for all that is left when None, freight included.

    `amount` overrides what the lines cost, never above what is left. `key` is the form's own: the same key is the same
    refund, however often it is sent. Raises RefundImpossible. The gateway hears of it after the commit.
    """
    now = timezone.now()
    return _write(
        order.pk,
        key,
        lines,
        amount=amount,
        goods=goods,
        reason=reason,
        kind=Refund.Kind.STAFF,
        state=Refund.State.READY,
        decided_by=by,
        decided_at=now,
        try_at=now,
    )


def request_refund(
    *, order: Order, by: Any, key: str, lines: Mapping[int, int] | None = None, reason: str = ""
) -> Refund:
    """Ask for money back, for staff to approve: the whole order before it is shipped, single lines after. Raises RefundImpossible."""
    return _write(order.pk, key, lines, reason=reason, kind=Refund.Kind.BUYER, state=Refund.State.ASKED, asked_by=by)


@retried
@transaction.atomic(durable=True)
def _write(
    order_id: int,
    key: str,
    lines: Mapping[int, int] | None,
    *,
    kind: str,
    reason: str,
    amount: Decimal | None = None,
    goods: str = Refund.Goods.NONE,
    **columns: Any,
) -> Refund:
    if not re.fullmatch(r"[0-9A-Za-z]{6,20}", key):
        raise RefundImpossible(_("This form is damaged. Please reload the page."))
    order = lock_order(order_id)
    left = lock_refundable(order, lock_payments(order))
    number = f"{left.payment.out_trade_no}_{key}"[:64]
    for refund in left.refunds:
        if refund.out_request_no == number:
            return refund
    if kind == Refund.Kind.BUYER:
        _check_request(order, left, lines)
    pieces = pieces_of(left, lines)
    worth = worth_of(left, pieces)
    if amount is None:
        amount = left.due if lines is None else due_for(order, left, pieces, worth)
    check_amount(amount, left)
    made = Refund.objects.create(
        payment=left.payment,
        out_request_no=number,
        kind=kind,
        amount=amount,
        whole=lines is None,
        goods=goods if pieces else Refund.Goods.NONE,
        reason=reason.strip()[:200],
        **columns,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=made, order_line_id=line, quantity=quantity, amount=worth[line])
        for line, quantity in pieces.items()
    )
    announce(made)
    return made


@decision
def approve_refund(locked: LockedRefund, /, *, by: Any, goods: str = Refund.Goods.NONE, answer: str = "") -> Refund:
    """Let a request through, once; checked again against what is left by now. Raises RefundImpossible."""
    refund = locked.refund
    if refund.state in COUNTED:
        return refund
    _check_undecided(refund)
    amount = _valued_again(locked, lock_refundable(locked.order, locked.payments))
    now = timezone.now()
    return _moved(
        refund,
        Refund.State.READY,
        amount=amount,
        decided_by=by,
        decided_at=now,
        goods=goods if refund.lines.exists() else Refund.Goods.NONE,
        answer=answer[:200],
        try_at=now,
    )


@decision
def decline_refund(locked: LockedRefund, /, *, by: Any, answer: str) -> Refund:
    """Say no to a request; the buyer reads why."""
    _check_undecided(locked.refund)
    return _moved(locked.refund, Refund.State.DECLINED, decided_at=timezone.now(), decided_by=by, answer=answer[:200])


@decision
def withdraw_refund(locked: LockedRefund, /) -> Refund:
    """The buyer takes the request back before it is decided."""
    _check_undecided(locked.refund)
    return _moved(locked.refund, Refund.State.WITHDRAWN, decided_at=timezone.now())


@decision
def retry_refund(locked: LockedRefund, /, *, by: Any) -> Refund:
    """Send a refused refund again under its own number, so that it cannot happen twice. Raises RefundImpossible."""
    refund, order = locked.refund, locked.order
    if refund.state in COUNTED:
        return refund
    if refund.state != Refund.State.REFUSED:
        raise RefundImpossible(_("Only a refused refund can be sent again."))
    amount = refund.amount
    if locked.payment.state in REFUNDABLE:
        amount = _valued_again(locked, left_of(locked.payment, lock_refunds(locked.payment)))
    now = timezone.now()
    left_since = order.shipped_at and refund.decided_at and order.shipped_at > refund.decided_at
    # What was shipped after the decision is no longer here to go back into stock.
    goods = Refund.Goods.NONE if left_since else refund.goods
    return _moved(
        refund, Refund.State.READY, amount=amount, decided_by=by, decided_at=now, try_at=now, code="", goods=goods
    )


def return_disputed(*, payment: Payment, by: Any) -> Refund:
    """Give back what came in under a disputed payment, all of it, once."""
    return _return(payment.order_id, payment.pk, by)


@retried
@transaction.atomic(durable=True)
def _return(order_id: int, payment_id: int, by: Any) -> Refund:
    locked = next(each for each in lock_payments(lock_order(order_id)) if each.pk == payment_id)
    if locked.state != Payment.State.DISPUTED or locked.received <= NOTHING:
        raise RefundImpossible(_("There is no money to return."))
    return give_all_back(locked, kind=Refund.Kind.STAFF, by=by)


def refund_askable(order: Order) -> bool:
    """Whether a buyer's request would be heard now: paid, in time, none undecided, something left."""
    left = refundable_of(order)
    if left is None or left.payment.state not in REFUNDABLE or not left.payment.refundable or left.due <= NOTHING:
        return False
    try:
        _check_request(order, left, None if order.state == Order.State.TO_SHIP else left.pieces)
    except RefundImpossible:
        return False
    return True


def _moved(refund: Refund, state: str, **changes: Any) -> Refund:
    changes["state"] = state
    for field, value in changes.items():
        setattr(refund, field, value)
    refund.save(update_fields=list(changes))
    announce(refund)
    return refund


def _check_undecided(refund: Refund) -> None:
    if refund.state != Refund.State.ASKED:
        raise RefundImpossible(_("This request was decided already."))


def _valued_again(locked: LockedRefund, left: Refundable) -> Decimal:
    """What the refund gives by what is left now; RefundImpossible when there is not so much left.

    Refunds between asking and approving move the fen that do not divide; an amount that staff wrote stays as it is.
    """
    lines = list(locked.refund.lines.all())
    pieces = pieces_of(left, {line.order_line_id: line.quantity for line in lines})
    worth, amount = worth_of(left, pieces), locked.refund.amount
    if lines and amount == sum(line.amount for line in lines):
        amount = due_for(locked.order, left, pieces, worth)
        for line in lines:
            line.amount = worth[line.order_line_id]
        RefundLine.objects.bulk_update(lines, ["amount"])
    check_amount(amount, left)
    return amount


def _check_request(order: Order, left: Refundable, lines: Mapping[int, int] | None) -> None:
    if any(refund.state == Refund.State.ASKED for refund in left.refunds):
        raise RefundImpossible(_("You have asked for a refund already; it will be decided soon."))
    if order.state == Order.State.TO_SHIP:
        if lines is not None:
            raise RefundImpossible(_("Before shipping only the whole order can be refunded."))
    elif order.state not in (Order.State.SHIPPED, Order.State.RECEIVED, Order.State.DONE):
        raise RefundImpossible(_("This order cannot be refunded."))
    elif lines is None or not lines:
        raise RefundImpossible(_("Please choose what is to be refunded."))
    if order.received_at and order.received_at + timedelta(days=conf.REFUND_DAYS) < timezone.now():
        raise RefundImpossible(_("The time for refunds is over."))
