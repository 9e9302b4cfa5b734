"""What one buyer may hold without having paid: goods that a stranger reserves are goods that nobody buys."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.allowances import LABELS, held
from dailyfresh_core.measures import counted
from dailyfresh_core.money import shown
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..conf import conf
from ..exceptions import TooMuchOpen
from ..gateways import PaymentGateway
from ..joins import catalogue
from ..models import Order, OrderLine
from ..quotes import Quote

UNPAID = (Order.State.AWAITING_PAYMENT, Order.State.CANCELLING)
PAYING_TAKES = timedelta(minutes=10)
GONE = (Order.State.CANCELLED, Order.State.CLOSED)

LABELS |= {
    "orders.unpaid": gettext_lazy("Open unpaid orders"),
    "orders.on_delivery": gettext_lazy("Open orders paid on delivery"),
    "orders.pieces": gettext_lazy("Pieces of one product"),
    "orders.polls": gettext_lazy("Questions about a payment"),
}


def payable_until(closes: datetime | None, *, at: datetime) -> datetime:
    """Whoever has not paid when a window closes has it no longer, but for the ten minutes that paying takes."""
    until = at + timedelta(minutes=conf.PAY_MINUTES)
    return until if closes is None else min(until, max(closes, at + PAYING_TAKES))


def payable_by(way: PaymentGateway, quote: Quote | Order) -> bool:
    """Whether a quote or an order can be paid this way: nobody collects on delivery what is not delivered."""
    return way.online or quote.requires_shipping or not quote.total


def check_limits(*, user: Any, quote: Quote, online: bool) -> None:
    """Raise TooMuchOpen where this order would be too much; a buyer whom the merchant let go passes the limits of one buyer.

    It looks before the order is written, without a lock: orders placed at the same instant may pass by a few, as the allowance `place` lets.
    """
    if quote.total:
        _unpaid(user, quote) if online else check_on_delivery(user=user, total=quote.total, key=quote.key)
    _pieces(user, quote)
    if online:
        _held_share(quote)


def _unpaid(user: Any, quote: Quote) -> None:
    if conf.OPEN_UNPAID is None:
        return
    waiting = Order.objects.filter(user=user, state__in=UNPAID).count()
    if waiting >= conf.OPEN_UNPAID and _is_held("unpaid", user, quote.key):
        sentence = ngettext(
            "You have %(n)d order to pay. Please pay or cancel it first.",
            "You have %(n)d orders to pay. Please pay or cancel one of them first.",
            conf.OPEN_UNPAID,
        )
        raise TooMuchOpen(sentence % {"n": conf.OPEN_UNPAID})


def check_on_delivery(*, user: Any, total: Decimal, key: str = "") -> None:
    """Raise TooMuchOpen where another order of this total would be too much of what is sent though nobody paid yet.

    `paid_at` is set when the money is there. `key` is that of the quote.
    """
    most, most_together = conf.OPEN_ON_DELIVERY, conf.OPEN_ON_DELIVERY_TOTAL
    if most is None and most_together is None:
        return
    open_orders = Order.objects.filter(
        user=user, state__in=(Order.State.TO_SHIP, Order.State.SHIPPED), paid_at=None, total__gt=0
    )
    found = open_orders.order_by().aggregate(n=Count("pk"), sum=Sum("total"))
    if most is not None and found["n"] >= most and _is_held("on_delivery", user, key):
        raise TooMuchOpen(
            _("You have %(n)d orders that are paid on delivery. Please wait for one, or pay online.") % {"n": most}
        )
    together = (found["sum"] or Decimal(0)) + total
    if most_together is not None and together > Decimal(most_together) and _is_held("on_delivery", user, key):
        sentence = _("Orders that are paid on delivery may come to %(total)s together. Please pay this one online.")
        raise TooMuchOpen(sentence % {"total": shown(Decimal(most_together))})


def _pieces(user: Any, quote: Quote) -> None:
    if conf.PIECES is None:
        return
    pieces, hours = conf.PIECES
    lines = OrderLine.objects.filter(
        order__user=user,
        order__placed_at__gt=timezone.now() - timedelta(hours=hours),
        sku_id__in=list(quote.quantities),
    ).exclude(order__state__in=GONE)
    had = _sums(lines)
    for line in quote.lines:
        most = pieces * line.measure.minimum  # so often the least that is sold of it
        if had.get((line.sku_id, line.measure.sold_by), 0) + line.quantity > most and _is_held(
            "pieces", user, quote.key
        ):
            sentence = _("“%(name)s”: at most %(n)s within %(hours)d hours. Please call us for more.")
            raise TooMuchOpen(sentence % {"name": line.name, "n": counted(most, line.measure), "hours": hours})


def _held_share(quote: Quote) -> None:
    if conf.HELD_SHARE is None:
        return
    waiting = _sums(OrderLine.objects.filter(order__state__in=UNPAID, sku_id__in=list(quote.counted)))
    found = catalogue().find(quote.counted)
    for line in quote.lines:
        if line.sku_id not in quote.counted or line.sku_id not in found:
            continue
        held_now = waiting.get((line.sku_id, line.measure.sold_by), 0)
        there = (found[line.sku_id].available or 0) + held_now
        if held_now + line.quantity > there * conf.HELD_SHARE:
            sentence = _("“%(name)s” is held by orders that are not paid yet. Please try again within %(n)d minutes.")
            raise TooMuchOpen(sentence % {"name": line.name, "n": conf.PAY_MINUTES})


def _sums(lines: Any) -> Mapping[tuple[str, str], int]:
    """(sku_id, what it was sold by) -> pieces, or grams: of goods whose measure changed neither is added to the other."""
    rows = lines.order_by().values_list("sku_id", "sold_by").annotate(n=Sum("quantity"))
    return {(sku_id, sold_by): n for sku_id, sold_by, n in rows}


def _is_held(name: str, user: Any, key: str) -> bool:
    """A quote that became an order is nobody's attempt at another one: who sends it again is not listed as held back."""
    return not Order.objects.filter(token=key).exists() and held(f"orders.{name}", f"account {user.pk}")
