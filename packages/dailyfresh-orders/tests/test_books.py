"""The book of the money: to the fen what the payments' books say, and a day that is closed stays as it was."""

import random
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from dailyfresh_orders.books import before, books
from dailyfresh_orders.days import aware, today
from dailyfresh_orders.gateways.base import Observation, Outcome, RefundOutcome, TradeState
from dailyfresh_orders.models import BookDay, Booking, Order, OrderLine, Payment, Refund, SalesDay
from dailyfresh_orders.services import cancel_order, close_days, receive, refund_lines, settle, ship
from dailyfresh_orders.services.payments.paying_back import conclude
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12)


@pytest.fixture
def clock(monkeypatch):
    """A clock of the test's own: `clock.add(timedelta)`."""

    class Clock:
        now = START

        def add(self, delta):
            self.now += delta

    one = Clock()
    monkeypatch.setattr("django.utils.timezone.now", lambda: one.now)
    return one


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
    """The book of the money and the payments' own columns, to the fen."""
    line = Booking.objects.order_by()
    came = line.filter(kind__in=("sale", "unwanted"), gateway="voucher").aggregate(s=Sum("amount"))["s"] or 0
    went = line.filter(kind__in=("refund", "returned")).aggregate(s=Sum("amount"))["s"] or 0
    payments = list(Payment.objects.all())
    assert came == sum(payment.received for payment in payments)
    given_back = sum(
        payment.received - payment.refunded for payment in payments if payment.state == "refunded"
    )  # at the gateway's own console
    assert -went == sum(payment.refunded for payment in payments) + given_back
    delivered = line.filter(gateway="cod").aggregate(s=Sum("amount"))["s"] or 0
    arrived = Order.objects.filter(payment_method="cod", received_at__isnull=False)
    assert delivered == sum(order.payable for order in arrived)
    for each in line.filter(kind="sale"):
        assert each.goods + each.discount + each.fees + each.freight == each.amount
    paying = {payment.order_id for payment in payments if payment.paid_slot}
    sold = list(line.filter(kind="sale").values_list("order_id", flat=True))
    assert len(sold) == len(set(sold))  # an order is sold once
    assert set(sold) == paying | {order.pk for order in arrived}


def run(shop, clock, orders, days=6):
    """Days of a shop; every day is closed when it is over, and never changes afterwards."""
    alive, kept = [], {}
    for _ in range(days):
        for _ in range(orders // days):
            alive.append(shop.order(online=shop.random.random() < 0.7))
            clock.add(timedelta(seconds=20 * 3600 // max(orders // days, 1)))
            for order in shop.random.sample(alive[-60:], min(3, len(alive))):
                shop.live(order)
        clock.now = datetime.combine(clock.now.date() + timedelta(days=1), datetime.min.time()) + timedelta(minutes=10)
        close_days()
        now = {(row.day, row.gateway, row.kind): row for row in books(START.date(), today() - timedelta(days=1)).rows}
        assert {key: now[key] for key in kept} == kept
        assert {key[0] for key in now} <= set(SalesDay.objects.values_list("day", flat=True))
        kept = now
    agree()
    whole = books(START.date(), today())
    every = sum(row.amount for row in whole.rows if row.kind != "cancelled")
    assert every == Booking.objects.aggregate(s=Sum("amount"))["s"]
    assert whole.net == sum(each.amount for each in Booking.objects.filter(kind__in=("sale", "refund")))


@pytest.mark.parametrize("seed", range(2))
def test_the_books_are_the_payments_books_to_the_fen_and_closed_days_stay(clock, seed):
    run(Shop(seed), clock, orders=250)
    assert Booking.objects.values("kind").distinct().count() == 4


@pytest.mark.prove
def test_the_books_of_a_hundred_thousand_orders_agree(clock):
    run(Shop(2026), clock, orders=100_000, days=60)


def test_cash_on_delivery_counts_when_it_is_received_and_cancelled_never(clock):
    shop = Shop(1)
    kept, given_up = shop.order(online=False), shop.order(online=False)
    ship(kept.pk, carrier="SF", tracking_number="1", by="shop")
    cancel_order(given_up.pk, by="shop")
    assert books(today(), today()).sold.n == 0
    clock.add(timedelta(days=3))
    receive(kept.pk, by="shop")
    found = books(START.date(), today())
    assert [(row.day, row.kind, row.amount) for row in found.rows] == [
        (START.date(), "cancelled", given_up.total),
        (today(), "sale", kept.total),
    ]
    assert found.net == kept.total
    assert found.refund_rate == 0


def test_a_notify_of_yesterday_changes_no_day_that_is_closed(clock):
    shop = Shop(1)
    payment = shop.payment(shop.order(online=True))
    clock.add(timedelta(days=1))
    close_days()
    Order.objects.update(expires_at=clock.now + timedelta(hours=1))
    shop.say(payment, ago=timedelta(hours=20))
    assert Payment.objects.get().paid_at.date() == START.date()
    assert Booking.objects.get().day == today()


def test_a_period_is_compared_with_the_one_of_the_same_length_before():
    day = START.date()
    assert before(day, day) == (day - timedelta(days=1), day - timedelta(days=1))
    assert before(day, day + timedelta(days=6)) == (day - timedelta(days=7), day - timedelta(days=1))


class TestPage:
    URL = "admin:dailyfresh_orders_books"

    @pytest.fixture
    def sold(self):
        shop = Shop(3)
        order = shop.order(online=True)
        payment = shop.payment(order)
        shop.say(payment)
        shop.random.random = lambda: 0.0
        line = order.lines.get()
        refund = refund_lines(order=order, by=None, key="abcdef123456", lines={line.pk: line.quantity})
        shop.carry_out(refund)
        return order

    def test_it_shows_what_the_books_say(self, admin_client, sold):
        page = admin_client.get(reverse(self.URL))
        found = page.context["found"]
        assert found.sold.amount == sold.total
        assert found.refunds.n == 1
        assert found.net == sold.total + found.refunds.amount
        assert found.refund_rate > 0
        assert f"{found.net:.2f}" in page.content.decode().replace(",", "")

    def test_the_file_has_every_row_of_the_page(self, admin_client, sold):
        text = b"".join(admin_client.get(reverse(self.URL), {"format": "csv"}).streaming_content).decode("utf-8-sig")
        rows = [line.split(",") for line in text.splitlines()]
        assert len(rows) == 1 + len(books(today(), today()).rows)
        assert str(sold.total) in rows[1] + rows[2]

    def test_closed_days_cost_no_statement_each(self, admin_client, sold, django_assert_max_num_queries):
        BookDay.objects.bulk_create(
            BookDay(day=today() - timedelta(days=n), kind="sale", gateway="cod", n=1, amount=5) for n in range(1, 300)
        )
        SalesDay.objects.create(
            day=today() - timedelta(days=1), orders=0, turnover=0, placed=0, shipped=0, received=0, done=0
        )
        for days in (3, 290):
            with django_assert_max_num_queries(13):
                admin_client.get(reverse(self.URL), {"since": today() - timedelta(days=days), "until": today()})

    def test_whoever_may_not_see_the_books_does_not(self, client, django_user_model):
        client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
        assert client.get(reverse(self.URL)).status_code == 403
