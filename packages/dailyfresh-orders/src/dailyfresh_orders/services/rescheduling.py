"""Having an order come at another time: its place moves with it, and what a cheaper time costs less goes back."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.db.retrying import retried
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import grams_of
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..checkout.standing import Standing
from ..checkout.windows import Timing, timing
from ..conf import conf
from ..exceptions import NotMovable, Overtaken, RefundImpossible, TooMuchOpen
from ..line_amounts import FREIGHT
from ..models import Adjustment, Message, Order, OrderLog, Payment
from ..protocols import Window
from .holding import move_window, refused
from .limits import check_guest, check_place, check_window, in_turn, payable_until
from .locking import LockedOrder, lock_order
from .messages.telling import tell
from .payments.differences import return_difference

logger: logging.Logger = logging.getLogger(__name__)
RESCHEDULED = "orders:rescheduled"
"""Source of what a cheaper time costs less."""
MOVABLE = (Order.State.AWAITING_PAYMENT, Order.State.TO_SHIP)


@dataclass(frozen=True)
class Moves:
    """The times at which an order may come instead, those that are closed or full too."""

    timing: Timing
    back: Mapping[str, Decimal]
    """Id of each window -> what goes back with it, or need not be paid. What costs more than was agreed is none of them."""

    @property
    def open(self) -> bool:
        return any(each.open for each in self.timing.windows)


def may_reschedule(order: Order, *, at: datetime, by_staff: bool = False) -> bool:
    """Whether its time may be changed at all: until it leaves, and by the buyer until orders for its window are closed."""
    if not order.window or order.state not in MOVABLE or order.overdue:
        return False
    return by_staff or order.window_closes is None or order.window_closes > at


def moves_of(order: Order, *, at: datetime, wanted: str | None = None) -> Moves:
    """To which windows the order may move now, `wanted` chosen among them where it may; the delivery is asked once.

    Nothing that was agreed is worked out again but what sending costs, and that may fall, never rise.
    """
    grams = sum(grams_of(line.wanted, line.measure) for line in order.lines.all())
    found = timing(address=_Kept(order), grams=grams, at=at, sent=True, wanted=wanted)
    goods, agreed, lowers = order.goods_total + order.discount, _agreed(order), _lowers(order)
    fees = {each.id: found.fee(goods, each) for each in found.windows if each.id != order.window}
    less = {key: min(agreed - fee, order.freight) for key, fee in fees.items() if fee <= agreed}
    back = {key: yuan for key, yuan in less.items() if lowers or not yuan}
    windows = tuple(each for each in found.windows if each.id in back)
    chosen = next((each for each in windows if wanted and found.chosen == each), None)
    problem = found.problem
    if chosen is None and not problem:
        problem = _("Please pay first.") if wanted in less else _("This time costs more than the one that was agreed.")
    return Moves(replace(found, windows=windows, chosen=chosen, problem=problem), back)


@in_turn
@retried
@transaction.atomic(durable=True)
def reschedule(*, order_id: int, window: str, by: Any, by_staff: bool = False, guest: str = "") -> Decimal:
    """Have the order come in another window; gives what goes back, or need not be paid. In a durable transaction of its own.

    The same window again changes nothing; `guest` as in `place_order`. Raises NotMovable, whose sentence says why not, and Busy. The buyer is told.
    """
    order, at = lock_order(order_id), timezone.now()
    if window == order.window:
        return NOTHING
    if not may_reschedule(order, at=at, by_staff=by_staff):
        raise NotMovable(_("The time of this order can no longer be changed."))
    if why := refused(order, "move"):
        raise NotMovable(why)
    moves = moves_of(order, at=at, wanted=window)
    chosen = moves.timing.chosen
    if chosen is None:
        raise NotMovable(moves.timing.problem)
    limited = not (by_staff or order.paid_at)
    turn = _checked(order, chosen, guest) if limited else None
    less = moves.back[chosen.id]
    n = order.adjustments.filter(source=RESCHEDULED).count()
    if less and order.paid_at:
        try:
            less = return_difference(order, less, key=f"move{n}", reason=gettext_lazy("Another time"))
        except RefundImpossible as error:
            raise NotMovable(str(error)) from error
    with translation.override(order.language or settings.LANGUAGE_CODE):
        try:
            _write(order, chosen, less, by=by, turn=turn or order.turn)
        except IntegrityError as error:
            raise Overtaken from error
    if not move_window(order, chosen, at=at):
        raise NotMovable(_("This time is taken. Please choose another one."))
    if limited:
        with _said():
            check_place(order)
    return less


def _checked(order: LockedOrder, window: Window, guest: str) -> int | None:
    """The buyer's next turn, who may have one more unpaid order there; of two that are moved at the same instant one looks again."""
    turn = None
    with _said():
        if conf.OPEN_IN_WINDOW is not None:
            standing = Standing(order.user, window=window.id)
            check_window(standing)
            turn = standing.turn
        if guest:
            check_guest(guest, window)
    return turn


@contextmanager
def _said() -> Iterator[None]:
    """What is too much is a reason why the order stays where it is."""
    try:
        yield
    except TooMuchOpen as error:
        raise NotMovable(str(error)) from error


def _write(order: LockedOrder, window: Window, less: Decimal, *, by: Any, turn: int | None) -> None:
    """The order as it is agreed now, and what people are told of it, in the buyer's language."""
    was = order.when
    changes = {
        "window": window.id,
        "place": window.place,
        "window_starts": window.starts,
        "window_ends": window.ends,
        "window_closes": window.closes,
        "turn": turn,
    }
    if order.expires_at is not None:
        until = min(order.expires_at, payable_until(window.closes, at=timezone.now()))
        changes |= {"expires_at": until, "due_at": until}
    if less:
        changes |= {"freight": order.freight - less, "total": order.total - less}
        if order.settled_total is not None:
            changes["settled_total"] = order.settled_total - less
        Adjustment.objects.create(
            order=order,
            kind=Adjustment.Kind.FREIGHT,
            source=RESCHEDULED,
            label=_("Another time"),
            amount=-less,
            returns=Adjustment.Returns.LAST,
        )
    for column, value in changes.items():
        setattr(order, column, value)
    order.save(update_fields=list(changes))
    OrderLog.objects.create(
        order=order, by=str(by)[:150], was=order.state, became=order.state, why=f"{was} → {order.when}"[:200]
    )
    tell(Message.Event.RESCHEDULED, order=order, note=was)


def _agreed(order: Order) -> Decimal:
    """What sending it was to cost before any offer; what offers took off that is not worked out again."""
    return sum((each.amount for each in order.adjustments.all() if each.source in (FREIGHT, RESCHEDULED)), NOTHING)


def _lowers(order: Order) -> bool:
    """Whether it may come to less: not while somebody may just be paying what it costs now."""
    if order.state != Order.State.AWAITING_PAYMENT:
        return True
    return order.payable > order.freight and not order.payments.filter(state=Payment.State.PENDING).exists()


class _Kept:
    """The address that an order copied, as a delivery asks for it."""

    def __init__(self, order: Order) -> None:
        self._order, self.id = order, order.number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._order, name)
