"""Staff's decisions about refunds, and the buyer's to take one back: each once, checked again against what is left by then."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ...exceptions import RefundImpossible
from ...models import Refund, RefundLine
from ...signals import pictures_sent
from ..locking import LockedRefund, decision, lock_refunds
from .ledger import announce
from .refundable import (
    COUNTED,
    REFUNDABLE,
    Refundable,
    check_amount,
    due_for,
    left_of,
    lock_refundable,
    pieces_of,
    worth_of,
)


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
    """The buyer takes the request back before it is decided; its pictures are taken away by the drain that draws them."""
    _check_undecided(locked.refund)
    if locked.refund.pictures.update(draw_at=timezone.now(), tries=0):
        pictures_sent.send(Refund)
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
