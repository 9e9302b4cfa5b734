"""A shop's trade for the books to be proved on: orders of every kind of end, moved by the services, and the same trade again, larger."""

import random
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from decimal import Decimal
from unittest.mock import patch

from dailyfresh_core.background.waking import asleep
from dailyfresh_orders.days import aware, today
from dailyfresh_orders.gateways.base import Observation, Outcome, RefundOutcome, TradeState
from dailyfresh_orders.models import (
    Booking,
    Order,
    OrderLine,
    OrderLog,
    Payment,
    PaymentLog,
    Refund,
    RefundLine,
    SalesDay,
)
from dailyfresh_orders.reports.books import books
from dailyfresh_orders.services import cancel_order, close_days, receive, refund_lines, settle, ship
from dailyfresh_orders.services.payments.paying_back import conclude
from django.utils import timezone

START = datetime(2026, 3, 1, 12)


class Shop:
    """Orders by the thousand: written as placing would, then moved by the services alone."""

    def __init__(self, seed):
        self.random, self.n = random.Random(seed), 0

    def order(self, *, online):
        self.n += 1
        now, chance = timezone.now(), self.random
        goods = Decimal(chance.randint(1, 99_999)) / 100
        discount = -(goods * chance.choice([0, 0, 1, 3]) / 10).quantize(Decimal("0.01"))
        freight = Decimal(chance.choice(["0.00", "10.00", "6.66"]))
        fees = Decimal(chance.choice(["0.00", "0.30"]))
        total = goods + discount + fees + freight
        order = Order.objects.create(
            number=f"B{self.n}",
            token=f"B{self.n}",
            state="awaiting_payment" if online else "to_ship",
            payment_method="voucher" if online else "cod",
            goods_total=goods,
            discount=discount,
            fees=fees,
            freight=freight,
            total=total,
            placed_at=now,
            expires_at=now + timedelta(minutes=30) if online else None,
            sold_at=None if online else now,
        )
        pieces = chance.randint(1, 4)
        OrderLine.objects.create(
            order=order, sku_id="1", name="x", unit_price=goods, quantity=pieces, amount=goods, discount=discount, fees=fees,
            counted=False,
        )  # fmt: skip
        return order

    def payment(self, order):
        attempt = order.payments.count() + 1
        return Payment.objects.create(
            order=order, gateway="voucher", attempt=attempt, out_trade_no=f"{order.number}-{attempt}", amount=order.total,
            subject="x", expires_at=order.expires_at,
        )  # fmt: skip

    def say(self, payment, state=TradeState.PAID, *, amount=None, refunded=Decimal("0.00"), ago=timedelta()):
        seen = Observation(
            out_trade_no=payment.out_trade_no,
            state=state,
            source="query",
            amount=payment.amount if amount is None else amount,
            currency="CNY",
            trade_no=f"T{payment.out_trade_no}",
            paid_at=aware(timezone.now() - ago),
            refunded=refunded,
        )
        for _ in range(self.random.choice([1, 1, 2])):  # gateways repeat themselves
            settle(seen, code="voucher")

    def carry_out(self, refund):
        Refund.objects.filter(pk=refund.pk, state="ready").update(state="sent", sent_at=timezone.now())
        refund = Refund.objects.select_related("payment").get(pk=refund.pk)
        for _ in range(self.random.choice([1, 1, 2])):
            conclude(refund, RefundOutcome(Outcome.DONE if self.random.random() < 0.9 else Outcome.REFUSED))

    def live(self, order):
        """One more thing that may happen to an order."""
        chance = self.random.random()
        order = Order.objects.get(pk=order.pk)
        if order.state == "awaiting_payment":
            payment = self.payment(order)
            if chance < 0.6:  # a notify may come a day late: the gateway's time is yesterday's then
                self.say(payment, ago=timedelta(hours=self.random.choice([0, 0, 13])))
            elif chance < 0.7:
                self.say(payment, amount=payment.amount - Decimal("0.01"))
            elif chance < 0.8:
                self.say(payment, TradeState.CLOSED, refunded=payment.amount)
            elif chance < 0.9:
                again = self.payment(order)
                self.say(payment)
                self.say(again)
            else:
                cancel_order(order.pk, by="shop")
                if chance < 0.95:
                    self.say(payment)
        elif order.state == "to_ship" and chance < 0.2 and order.payment_method == "cod":
            cancel_order(order.pk, by="shop")
        elif order.state == "to_ship" and chance < 0.7 and not self.open_refunds(order):
            ship(order.pk, carrier="SF", tracking_number="1", by="shop")
        elif order.state == "shipped" and chance < 0.5:
            receive(order.pk, by="shop")
        else:
            self.give_back(order)

    def open_refunds(self, order):
        return Refund.objects.filter(payment__order=order, state__in=Refund.OPEN).exists()

    def give_back(self, order):
        for refund in Refund.objects.filter(payment__order=order, state="ready"):
            self.carry_out(refund)
        paid = order.payments.filter(paid_slot=1, state__in=("paid", "part_refunded")).first()
        if paid is None or self.open_refunds(order) or self.random.random() < 0.5:
            return
        line, key = order.lines.get(), f"{self.random.randrange(10**12):012d}"
        some = {line.pk: 1} if line.refunded < line.quantity and self.random.random() < 0.6 else None
        self.carry_out(refund_lines(order=order, by=None, key=key, lines=some))


def agree():
    """The book of the money and the payments' own columns, to the fen: each sum is made here of its rows, whatever the database adds up."""
    lines, payments = list(Booking.objects.all()), list(Payment.objects.all())
    came = sum(line.amount for line in lines if line.kind in ("sale", "unwanted") and line.gateway == "voucher")
    went = sum(line.amount for line in lines if line.kind in ("refund", "returned"))
    assert came == sum(payment.received for payment in payments)
    given_back = sum(
        payment.received - payment.refunded for payment in payments if payment.state == "refunded"
    )  # at the gateway's own console
    assert -went == sum(payment.refunded for payment in payments) + given_back
    arrived = list(Order.objects.filter(payment_method="cod", received_at__isnull=False))
    assert sum(line.amount for line in lines if line.gateway == "cod") == sum(order.payable for order in arrived)
    sales = [line for line in lines if line.kind == "sale"]
    for each in sales:
        assert each.goods + each.discount + each.fees + each.freight == each.amount
    sold = [line.order_id for line in sales]
    assert len(sold) == len(set(sold))  # an order is sold once
    assert set(sold) == {payment.order_id for payment in payments if payment.paid_slot} | {
        order.pk for order in arrived
    }
    whole = books(START.date(), today())
    assert sum(row.amount for row in whole.rows if row.kind != "cancelled") == sum(line.amount for line in lines)
    assert whole.net == sum(line.amount for line in lines if line.kind in ("sale", "refund"))


def close(kept):
    """Close what is over; gives the rows of closed days, of which those in `kept` stayed as they were."""
    while close_days():
        pass
    now = {(row.day, row.gateway, row.kind): row for row in books(START.date(), today() - timedelta(days=1)).rows}
    assert {key: now[key] for key in kept} == kept
    assert {key[0] for key in now} <= set(SalesDay.objects.values_list("day", flat=True))
    return now


@asleep()  # in a test's one transaction the calls that wait for its end would pile up, and each look through all of them
def run(shop, clock, orders, days=6):
    """Days of a shop; every day is closed when it is over, and never changes afterwards. Gives the rows of closed days."""
    alive, kept = [], {}
    for _ in range(days):
        for _ in range(orders // days):
            alive.append(shop.order(online=shop.random.random() < 0.7))
            clock.add(timedelta(seconds=20 * 3600 // max(orders // days, 1)))
            for order in shop.random.sample(alive[-60:], min(3, len(alive))):
                shop.live(order)
        clock.now = datetime.combine(clock.now.date() + timedelta(days=1), datetime.min.time()) + timedelta(minutes=10)
        kept = close(kept)
    agree()
    return kept


UNIQUE = ("number", "token", "out_trade_no", "trade_no", "out_request_no")
ROWS = (Order, OrderLine, OrderLog, Payment, PaymentLog, Refund, RefundLine, Booking)
"""What the books are made of and are compared with, each after what it points to."""


def repeat(clock, times):
    """All that there was, once more from today on, with each amount so many times as large."""
    days = (today() - START.date()).days
    further = {model: model._default_manager.order_by("-pk").values_list("pk", flat=True)[0] for model in ROWS}

    def again(row):
        made = type(row)()
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            if isinstance(value, Decimal):
                value *= times
            elif isinstance(value, date):  # a moment is one too
                value += timedelta(days=days)
            elif isinstance(value, str) and column.name in UNIQUE:
                value = value and f"{value}x{days}"
            elif value is not None and (column.primary_key or column.related_model in further):
                value += further[column.related_model or type(row)]
            setattr(made, column.attname, value)
        return made

    with ExitStack() as stack:
        for column in (column for model in ROWS for column in model._meta.concrete_fields):
            if getattr(column, "auto_now_add", False):
                stack.enter_context(patch.object(column, "auto_now_add", False))
        for model in ROWS:
            model._default_manager.bulk_create(
                [again(row) for row in model._default_manager.order_by("pk")], batch_size=2000
            )
    clock.add(timedelta(days=days))
