"""Deciding about refunds: what a buyer asks for, what staff give, and that it never exceeds what was paid."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.retrying import retried
from dailyfresh_core.pricing.amounts import NOTHING
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...conf import conf
from ...exceptions import RefundImpossible
from ...models import Order, Payment, Refund, RefundLine, RefundPicture
from ...signals import pictures_sent
from ..holding import refused
from ..locking import lock_order, lock_payments
from ..pictures.uploading import drop, waiting
from .ledger import announce, give_all_back
from .refundable import (
    REFUNDABLE,
    Refundable,
    check_amount,
    due_for,
    lock_refundable,
    pieces_of,
    refundable_of,
    worth_of,
)
from .returning import paid_at_once


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
    *,
    order: Order,
    by: Any,
    key: str,
    lines: Mapping[int, int] | None = None,
    amount: Decimal | None = None,
    reason: str = "",
    pictures: "Sequence[File[bytes]]" = (),
) -> Refund:
    """Ask for money back, for staff to approve: the whole order before it is shipped, single lines after, or `amount` of what they cost.

    What is small and has a picture is paid back at once, so often as the site allows. Raises RefundImpossible, and PicturesAway when the
    storage takes none; pictures go there before the transaction, and are deleted when it fails.
    """
    sent: list[RefundPicture] = []
    asked = {"amount": amount, "reason": reason, "kind": Refund.Kind.BUYER, "state": Refund.State.ASKED, "asked_by": by}
    try:
        sent += [waiting(RefundPicture, each) for each in pictures]
        refund = _write(order.pk, key, lines, pictures=sent, **asked)
    except Exception:
        drop(sent)
        raise
    if any(each.refund_id is None for each in sent):  # the same form once more
        drop(sent)
    return refund


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
    pictures: Sequence[RefundPicture] = (),
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
    if why := refused(order, "refund"):
        raise RefundImpossible(why)
    if kind == Refund.Kind.BUYER:
        _check_request(order, left, lines)
    pieces = pieces_of(left, lines)
    worth = worth_of(left, pieces)
    if amount is None:
        amount = left.due if lines is None else due_for(order, left, pieces, worth)
    elif kind == Refund.Kind.BUYER and amount > sum(worth.values(), NOTHING):
        raise RefundImpossible(_("This is more than it cost."))
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
    if pictures:
        for each in pictures:
            each.refund = made
        RefundPicture.objects.bulk_create(pictures)
        pictures_sent.send(Refund)
        paid_at_once(made, order=order, by=columns["asked_by"])
    announce(made)
    return made


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
