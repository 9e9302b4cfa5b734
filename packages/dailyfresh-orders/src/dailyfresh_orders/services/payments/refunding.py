"""Deciding about refunds: what a buyer asks for, what staff give, and that it never exceeds what was paid."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.retrying import retried
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...conf import conf
from ...exceptions import RefundImpossible
from ...models import Order, Payment, Refund, RefundLine
from ..locking import lock_order, lock_payments, lock_refund, lock_refunds
from .ledger import NOTHING, announce
from .refundable import (
    COUNTED,
    REFUNDABLE,
    Refundable,
    check_amount,
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
    return _write(order.pk, key, lines, amount, reason, goods, by=by, kind=Refund.Kind.STAFF, state=Refund.State.READY)


def request_refund(
    *, order: Order, by: Any, key: str, lines: Mapping[int, int] | None = None, reason: str = ""
) -> Refund:
    """Ask for money back, for staff to approve: the whole order before it is shipped, single lines after. Raises RefundImpossible."""
    return _write(
        order.pk, key, lines, None, reason, Refund.Goods.NONE, by=by, kind=Refund.Kind.BUYER, state=Refund.State.ASKED
    )


@retried
@transaction.atomic(durable=True)
def _write(
    order_id: int,
    key: str,
    lines: Mapping[int, int] | None,
    amount: Decimal | None,
    reason: str,
    goods: str,
    *,
    by: Any,
    kind: str,
    state: str,
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
    due = worth_of(order, left, pieces, whole=lines is None) if amount is None else amount
    check_amount(due, left)
    made = Refund.objects.create(
        payment=left.payment,
        out_request_no=number,
        kind=kind,
        state=state,
        amount=due,
        whole=lines is None,
        goods=goods if pieces else Refund.Goods.NONE,
        reason=reason.strip()[:200],
        asked_by=by if kind == Refund.Kind.BUYER else None,
        decided_by=None if kind == Refund.Kind.BUYER else by,
        decided_at=None if kind == Refund.Kind.BUYER else timezone.now(),
        try_at=timezone.now() if state == Refund.State.READY else None,
    )
    RefundLine.objects.bulk_create(
        RefundLine(refund=made, order_line_id=line, quantity=quantity) for line, quantity in pieces.items()
    )
    announce(made)
    return made


def approve_refund(*, refund: Refund, by: Any, goods: str = Refund.Goods.NONE, answer: str = "") -> Refund:
    """Let a request through, once; checked again against what is left by now. Raises RefundImpossible."""
    return _approve(_order_id(refund.payment_id), refund.pk, by, goods, answer)


@retried
@transaction.atomic(durable=True)
def _approve(order_id: int, refund_id: int, by: Any, goods: str, answer: str) -> Refund:
    order = lock_order(order_id)
    payments = lock_payments(order)
    locked, _payment = lock_refund(refund_id, payments)
    if locked.state in COUNTED:
        return locked
    if locked.state != Refund.State.ASKED:
        raise RefundImpossible(_("This request was decided already."))
    left = lock_refundable(order, payments)
    pieces_of(left, {line.order_line_id: line.quantity for line in locked.lines.all()})
    check_amount(locked.amount, left)
    goods = goods if locked.lines.exists() else Refund.Goods.NONE
    return _moved(
        locked,
        Refund.State.READY,
        decided_by=by,
        decided_at=timezone.now(),
        goods=goods,
        answer=answer[:200],
        try_at=timezone.now(),
    )


def decline_refund(*, refund: Refund, by: Any, answer: str) -> Refund:
    """Say no to a request; the buyer reads why."""
    return _drop(_order_id(refund.payment_id), refund.pk, Refund.State.DECLINED, decided_by=by, answer=answer[:200])


def withdraw_refund(*, refund: Refund) -> Refund:
    """The buyer takes the request back before it is decided."""
    return _drop(_order_id(refund.payment_id), refund.pk, Refund.State.WITHDRAWN)


@retried
@transaction.atomic(durable=True)
def _drop(order_id: int, refund_id: int, state: str, **changes: Any) -> Refund:
    locked, _payment = lock_refund(refund_id, lock_payments(lock_order(order_id)))
    if locked.state != Refund.State.ASKED:
        raise RefundImpossible(_("This request was decided already."))
    return _moved(locked, state, decided_at=timezone.now(), **changes)


def retry_refund(*, refund: Refund, by: Any) -> Refund:
    """Send a refused refund again under its own number, so that it cannot happen twice. Raises RefundImpossible."""
    return _retry(_order_id(refund.payment_id), refund.pk, by)


@retried
@transaction.atomic(durable=True)
def _retry(order_id: int, refund_id: int, by: Any) -> Refund:
    order = lock_order(order_id)
    locked, payment = lock_refund(refund_id, lock_payments(order))
    if locked.state in COUNTED:
        return locked
    if locked.state != Refund.State.REFUSED:
        raise RefundImpossible(_("Only a refused refund can be sent again."))
    if payment.state in REFUNDABLE:
        left = left_of(payment, lock_refunds(payment))
        pieces_of(left, {line.order_line_id: line.quantity for line in locked.lines.all()})
        check_amount(locked.amount, left)
    now = timezone.now()
    left_since = order.shipped_at and locked.decided_at and order.shipped_at > locked.decided_at
    # What was shipped after the decision is no longer here to go back into stock.
    goods = Refund.Goods.NONE if left_since else locked.goods
    return _moved(locked, Refund.State.READY, decided_by=by, decided_at=now, try_at=now, code="", goods=goods)


def return_disputed(*, payment: Payment, by: Any) -> Refund:
    """Give back what came in under a disputed payment, all of it, once."""
    return _return(payment.order_id, payment.pk, by)


@retried
@transaction.atomic(durable=True)
def _return(order_id: int, payment_id: int, by: Any) -> Refund:
    locked = next(each for each in lock_payments(lock_order(order_id)) if each.pk == payment_id)
    if locked.state != Payment.State.DISPUTED or locked.received <= NOTHING:
        raise RefundImpossible(_("There is no money to return."))
    refund, made = Refund.objects.get_or_create(
        payment=locked,
        out_request_no=f"{locked.out_trade_no}_back",
        defaults={
            "kind": Refund.Kind.STAFF,
            "state": Refund.State.READY,
            "amount": locked.received,
            "whole": True,
            "decided_by": by,
            "decided_at": timezone.now(),
            "try_at": timezone.now(),
        },
    )
    if made:
        announce(refund)
    return refund


def refund_askable(order: Order) -> bool:
    """Whether a buyer's request would be heard now: paid, in time, none undecided, something left."""
    left = refundable_of(order)
    if left is None or left.payment.state not in REFUNDABLE or not left.payment.refundable or left.money <= NOTHING:
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


def _order_id(payment_id: int) -> int:
    # Read before the transaction: within, it would fix the snapshot before the locks are held.
    return Payment.objects.values_list("order_id", flat=True).get(pk=payment_id)


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
