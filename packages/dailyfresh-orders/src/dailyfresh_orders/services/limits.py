"""What one buyer may hold without having paid: goods that a stranger reserves are goods that nobody buys."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from dailyfresh_core.allowances import LABELS, held, use
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.pricing.measures import counted, measure_of
from dailyfresh_core.pricing.money import shown
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..checkout.quotes import Quote
from ..checkout.standing import ON_DELIVERY, UNPAID, Standing, held_of
from ..conf import conf
from ..exceptions import Overtaken, TooMuchOpen
from ..gateways import PaymentGateway, configured
from ..joins import catalogue
from ..models import Order, OrderLine
from ..protocols import Window
from .holding import places_left

P = ParamSpec("P")
R = TypeVar("R")

PAYING_TAKES = timedelta(minutes=10)
TURNS = 10
"""Orders of one buyer at once: the limits let fewer through, and the allowance `place` few more."""

NOTHING_KNOWN: Mapping[str, int | None] = {}
HELD_UNPAID = gettext_lazy("“%(name)s” is held by orders that are not paid yet. Please try again within %(n)d minutes.")
HELD_ON_DELIVERY = gettext_lazy("“%(name)s” is held by orders that are paid on delivery. Please pay this one online.")
WINDOW_UNPAID = gettext_lazy(
    "This time is held by orders that are not paid yet. Please choose another one, or try again within %(n)d minutes."
)
WINDOW_ON_DELIVERY = gettext_lazy(
    "This time is held by orders that are paid on delivery. Please pay this one online, or choose another time."
)

LABELS |= {
    "orders.unpaid": gettext_lazy("Open unpaid orders"),
    "orders.on_delivery": gettext_lazy("Open orders paid on delivery"),
    "orders.window": gettext_lazy("Unpaid orders in one delivery window"),
    "orders.pieces": gettext_lazy("Pieces of one product"),
    "orders.polls": gettext_lazy("Questions about a payment"),
}


def in_turn(write: Callable[P, R]) -> Callable[P, R]:
    """Call `write` again where another order of the same buyer was written since it looked at their limits; Busy where that does not end."""

    @wraps(write)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for _time in range(TURNS):
            with suppress(Overtaken):
                return write(*args, **kwargs)
        raise Busy("other orders of this buyer were faster")

    return call


def payable_until(closes: datetime | None, *, at: datetime) -> datetime:
    """Whoever has not paid when a window closes has it no longer, but for the ten minutes that paying takes."""
    until = at + timedelta(minutes=conf.PAY_MINUTES)
    return until if closes is None else min(until, max(closes, at + PAYING_TAKES))


def payable_by(way: PaymentGateway, quote: Quote | Order) -> bool:
    """Whether a quote or an order can be paid this way: nobody collects on delivery what is not delivered."""
    return way.online or quote.requires_shipping or not quote.total


def check_limits(*, standing: Standing, quote: Quote, online: bool, guest: str = "") -> None:
    """Raise TooMuchOpen where this order would be too much; a buyer whom the merchant let go passes the limits of one buyer.

    It looks before the order is written, without a lock; of two orders of a buyer written at the same instant one is `Overtaken`.
    """
    if quote.total:
        if online:
            _unpaid(standing, quote)
        else:
            check_on_delivery(standing, total=quote.total, key=quote.key)
        if quote.timing.chosen:
            check_window(standing, key=quote.key)
    _pieces(standing, quote)
    if guest and quote.timing.chosen and not Order.objects.filter(token=quote.key).exists():
        check_guest(guest, quote.timing.chosen)


def _unpaid(standing: Standing, quote: Quote) -> None:
    most = conf.OPEN_UNPAID
    if most is not None and standing.unpaid >= most and _is_held("unpaid", standing.user, quote.key):
        sentence = ngettext(
            "You have %(n)d order to pay. Please pay or cancel it first.",
            "You have %(n)d orders to pay. Please pay or cancel one of them first.",
            most,
        )
        raise TooMuchOpen(sentence % {"n": most})


def check_on_delivery(standing: Standing, *, total: Decimal, key: str = "") -> None:
    """Raise TooMuchOpen where another order of this total would be too much of what is sent though nobody paid yet. `key` is that of the quote."""
    most, most_together = conf.OPEN_ON_DELIVERY, conf.OPEN_ON_DELIVERY_TOTAL
    if most is not None and standing.on_delivery[0] >= most and _is_held("on_delivery", standing.user, key):
        raise TooMuchOpen(
            _("You have %(n)d orders that are paid on delivery. Please wait for one, or pay online.") % {"n": most}
        )
    if most_together is None or standing.on_delivery[1] + total <= Decimal(most_together):
        return
    if _is_held("on_delivery", standing.user, key):
        sentence = _("Orders that are paid on delivery may come to %(total)s together. Please pay this one online.")
        raise TooMuchOpen(sentence % {"total": shown(Decimal(most_together))})


def check_window(standing: Standing, *, key: str = "") -> None:
    """Raise TooMuchOpen where so many unpaid orders of the buyer come in the window already that another one would leave little of it to others."""
    most = conf.OPEN_IN_WINDOW
    if most is not None and standing.in_window >= most and _is_held("window", standing.user, key):
        sentence = ngettext(
            "%(n)d order of yours comes at this time and is not paid. Please choose another time.",
            "%(n)d orders of yours come at this time and are not paid. Please pay for one online, or choose another time.",
            most,
        )
        raise TooMuchOpen(sentence % {"n": most})


def check_guest(guest: str, window: Window) -> None:
    """Count one more order in the window by guests of an address; raise TooMuchOpen where they had as many as they may."""
    if use("guest_window", f"{guest}, window {window.id}"):
        raise TooMuchOpen(
            _("Many orders from where you are come at this time. Please choose another time, or register first.")
        )


def _pieces(standing: Standing, quote: Quote) -> None:
    if conf.PIECES is None:
        return
    pieces, hours = conf.PIECES
    for line in quote.lines:
        most = pieces * line.measure.minimum  # so often the least that is sold of it
        had = standing.pieces.get((line.sku_id, line.measure.sold_by), 0)
        if had + line.quantity > most and _is_held("pieces", standing.user, quote.key):
            sentence = _("“%(name)s”: at most %(n)s within %(hours)d hours. Please call us for more.")
            raise TooMuchOpen(sentence % {"name": line.name, "n": counted(most, line.measure), "hours": hours})


def check_held(order: Order, lines: Iterable[OrderLine], *, before: Mapping[str, int | None] = NOTHING_KNOWN) -> None:
    """Raise TooMuchOpen where such orders, those that wait for payment or those paid on delivery, hold more than HELD_SHARE, this one among them.

    Called in its transaction and behind its stock, whose rows are locked until it ends: of two orders at the same instant the second sees the
    first. `before`: what was available, sku_id -> so many; the catalogue is asked where that alone is too little. Of what there is but little
    the least that is sold may be held.
    """
    lines, share = [line for line in lines if line.counted], conf.HELD_SHARE
    if share is None or not (lines and may_be_shared(order)):
        return
    online = order.state in UNPAID
    together = held_of([line.sku_id for line in lines], online=online)
    holding = [(line, together.get((line.sku_id, line.sold_by), 0)) for line in lines]
    doubtful = [(line, n) for line, n in holding if n > (before.get(line.sku_id) or 0) * share]
    found = catalogue().find([line.sku_id for line, _n in doubtful]) if doubtful else {}
    for line, n in doubtful:
        item = found.get(line.sku_id)
        if item and n > max(((item.available or 0) + n) * share, measure_of(item).minimum):
            raise TooMuchOpen(
                (HELD_UNPAID if online else HELD_ON_DELIVERY) % {"name": line.name, "n": conf.PAY_MINUTES}
            )


def check_place(order: Order) -> None:
    """The same of the places of its window: called in its transaction, once it has its place, and before the stock is locked.

    What is left is read under the lock of the window, so that two orders at the same instant see each other. One place may always be held.
    """
    share = conf.HELD_SHARE
    if share is None or not may_be_shared(order) or (left := places_left(order)) is None:
        return
    n = _alike(order).filter(window=order.window).count()
    if n > max((left + n) * share, 1):
        raise TooMuchOpen((WINDOW_UNPAID if order.state in UNPAID else WINDOW_ON_DELIVERY) % {"n": conf.PAY_MINUTES})


def may_be_shared(order: Order) -> bool:
    """Whether others could have what this order does not pay for now: where nobody pays online, there is no rest to keep for them."""
    return bool(order.payable) and (order.state in UNPAID or any(way.online for way in configured()))


def _alike(order: Order) -> "QuerySet[Order]":
    return Order.objects.filter(Q(state__in=UNPAID) if order.state in UNPAID else ON_DELIVERY)


def _is_held(name: str, user: Any, key: str) -> bool:
    """A quote that became an order is nobody's attempt at another one: who sends it again is not listed as held back."""
    return not Order.objects.filter(token=key).exists() and held(f"orders.{name}", f"account {user.pk}")
