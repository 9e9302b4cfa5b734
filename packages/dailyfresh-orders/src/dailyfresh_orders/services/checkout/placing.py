"""Placing an order: one durable transaction, once per quote, the stock last; then what was ordered leaves the basket."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dailyfresh_core.db.retrying import TRIES, Busy, may_retry, read_committed, stand_back
from dailyfresh_core.db.statements import insert
from dailyfresh_core.metrics import counter, refusals
from dailyfresh_core.pricing.offers import ORDER
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ...checkout.quotes import Quote, quote
from ...checkout.signed_quotes import claimed, differences
from ...checkout.standing import Standing
from ...exceptions import AddressMissing, OutOfStock, Overtaken, QuoteChanged, StockMoved, StockShort, TooMuchOpen
from ...gateways import gateway
from ...joins import address_book
from ...models import Adjustment, InvoiceTitle, Message, Order, OrderLine
from ...signals import order_placed, stock_changed
from ...stock import Stock, stock
from ..holding import at_the_gate, hold_offers, hold_window
from ..limits import check_held, check_limits, check_place, in_turn, payable_by
from ..messages.telling import tell
from .baskets import settle_quietly
from .drafting import drafted

NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Placed:
    order: Order
    replayed: bool
    """Whether the order was there already: a second click, a retry after a time-out, a second tab."""


ORDERS = counter("orders", "Orders that were placed.", ["payment_method"])
REFUSED = counter("orders_refused", "Orders that were not placed, by the reason.", ["reason"])


@refusals(REFUSED)
def place_order(
    *,
    user: Any,
    token: str,
    address_id: str,
    payment_method: str,
    note: str = "",
    wish: str = "",
    wishes: Mapping[str, str] = NONE,
    coupon: str | None = None,
    window: str | None = None,
    invoice: InvoiceTitle | None = None,
    guest: str = "",
) -> Placed:
    """Make the order that the signed quote `token` shows, or say why not; `coupon` and `window` were chosen since, None for what it says.

    `guest`: the address of somebody without an account, whose orders in one window are counted with those of all guests of it.
    `wish` is what becomes of what turns out to be short: a value of `Order.Wish`, "" for the first; `wishes` (sku_id -> the same) of single goods.

    Runs in a durable transaction of its own, repeated when the database or the stock strategy lost a race. However often the same quote is
    submitted there is one order, and everybody gets it. After the commit the basket is settled and `order_placed` is sent. Raises QuoteInvalid,
    QuoteChanged (ask the buyer again), AddressMissing, OutOfStock, TooMuchOpen, Busy, and UnknownGateway for a method that is not configured.
    """
    claim = claimed(token, user=user)
    online = gateway(payment_method).online

    @in_turn
    def attempt() -> Order:
        book = address_book()
        address = book.get(user, address_id) if book and address_id else None
        at, standing = timezone.now(), Standing(user, claim.quantities, window=window or claim.window)
        now = quote(
            claim.quantities,
            source=claim.source,
            address=address,
            user=user,
            coupon=claim.coupon if coupon is None else coupon,
            window=window or claim.window,
            at=at,
            key=claim.key,
            standing=standing,
            alone=True,
        )
        if now.requires_shipping and address is None:
            raise AddressMissing
        changes = differences(claim, now)
        if not payable_by(gateway(payment_method), now):
            changes.append(_("This way to pay is not available."))
        if changes:
            raise QuoteChanged(changes)
        check_limits(standing=standing, quote=now, online=online, guest=guest)
        made = partial(drafted, user, now, address, payment_method, note, wish, online, at, standing.turn)
        return _write(made, now, wishes, invoice)

    with at_the_gate(claim, user):
        try:
            order = attempt()
            ORDERS.labels(payment_method).inc()
            return Placed(order, replayed=False)
        except (AddressMissing, QuoteChanged, OutOfStock, TooMuchOpen, IntegrityError):
            # The first submission may be the very reason: it took the last piece, or the key.
            earlier = Order.objects.filter(token=claim.key).first()
            if earlier is None:
                raise
            return Placed(earlier, replayed=True)


def _write(made: Callable[[], Order], quote: Quote, wishes: Mapping[str, str], invoice: InvoiceTitle | None) -> Order:
    """Write an order, drawn again for every attempt."""
    strategy = stock() if quote.counted else None
    since = time.monotonic()
    last: Exception | None = None
    for attempt in range(TRIES):
        stand_back(attempt, since=since)
        order = made()
        try:
            with read_committed(), transaction.atomic(durable=True):
                _insert(order, quote, wishes, invoice, strategy, attempt)
            return order
        except StockShort:
            shortages = strategy.shortages(quote.counted) if strategy else []
            if shortages:
                raise OutOfStock(shortages) from None
        except StockMoved as error:
            last = error
        except IntegrityError as error:
            if attempt == TRIES - 1 or Order.objects.filter(token=quote.key).exists():
                raise
            if order.turn and Order.objects.filter(user=order.user, turn=order.turn).exists():
                raise Overtaken from error
        except OperationalError as error:
            last = error
            if not may_retry(error, since=since):
                break
    raise Busy(f"the order lost {attempt + 1} races") from last


def _insert(
    order: Order,
    quote: Quote,
    wishes: Mapping[str, str],
    invoice: InvoiceTitle | None,
    strategy: Stock | None,
    attempt: int,
) -> None:
    """The statements of the transaction: inserts first; what others wait for last, the hot rows of the stock by the last one."""
    order.save(force_insert=True)
    lines = OrderLine.objects.bulk_create(
        [
            OrderLine(
                order=order,
                sku_id=line.sku_id,
                name=line.name,
                unit=line.unit,
                image_name=line.image_name,
                unit_price=line.unit_price,
                quantity=line.quantity,
                sold_by=line.measure.sold_by,
                priced_by=line.measure.priced_by,
                price_grams=line.measure.price_grams,
                nominal_grams=line.measure.nominal_grams,
                counted=line.counted,
                amount=line.amount,
                discount=line.discount,
                fees=line.fees,
                wish=wishes.get(line.sku_id, ""),
            )
            for line in quote.lines
        ]
    )
    insert(_adjustments(order, lines, quote))
    hold_offers(order, quote)
    hold_window(order, quote)
    check_place(order)
    if invoice:
        invoice.keep_for(order)
    to_ship = order.state == Order.State.TO_SHIP  # paid on delivery, or nothing to pay
    tell(Message.Event.PLACED, *[Message.Event.NEW_ORDER] * to_ship, order=order, note=str(order.payable))

    def placed() -> None:
        """What follows the commit: lost with a killed process, and then done by the drain."""
        if order.basket_due:
            settle_quietly(order=order, ordered=quote.quantities)
        order_placed.send_robust(Order, order=order)

    transaction.on_commit(placed, robust=True)
    if strategy:
        stock_changed.send(Order, sku_ids=list(quote.counted))
        strategy.take(quote.counted, attempt=attempt)
        check_held(order, lines, before={line.sku_id: line.available for line in quote.lines})


def _adjustments(order: Order, lines: Iterable[OrderLine], quote: Quote) -> list[Adjustment]:
    """A row for each share and line with a part in it; "" is none, the order itself."""
    of_sku: dict[str, OrderLine | None] = {ORDER: None, **{line.sku_id: line for line in lines}}
    return [
        Adjustment(
            order=order,
            line=of_sku[sku_id],
            kind=share.kind,
            source=share.source,
            label=share.label,
            amount=amount,
            returns=share.returns,
        )
        for share in quote.shares
        for sku_id, amount in share.amounts.items()
    ]
