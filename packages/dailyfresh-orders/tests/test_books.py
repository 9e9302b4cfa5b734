"""The book of the money: to the fen what the payments' books say, and a day that is closed stays as it was."""

import logging
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from dailyfresh_orders.checkout.quotes import BUY
from dailyfresh_orders.days import bounds, today
from dailyfresh_orders.models import BookDay, Booking, Order, Payment, Refund, SalesDay, SalesDaySku
from dailyfresh_orders.reports.books import before, books
from dailyfresh_orders.services import audit, cancel_order, close_days, receive, refund_lines, reopen_days, ship
from django.urls import reverse
from trading import START, Shop, agree, close, repeat, run

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize("seed", range(2))
def test_the_books_are_the_payments_books_to_the_fen_and_closed_days_stay(clock, seed):
    run(Shop(seed), clock, orders=250)
    assert Booking.objects.values("kind").distinct().count() == 4


@pytest.mark.prove
def test_the_books_of_a_hundred_thousand_orders_agree(clock, caplog):
    """A quarter of them went through the services; the others are the same trade again, on later days and up to six times as large."""
    caplog.set_level(logging.CRITICAL, "dailyfresh_orders")  # alarms by the ten thousand are not kept
    began = time.monotonic()
    kept = run(Shop(2026), clock, orders=25_020, days=60)
    lived = time.monotonic() - began
    for times in (2, 3):
        repeat(clock, times)
        kept = close(kept)
    agree()
    orders, refunds = Order.objects.count(), Refund.objects.filter(state="done").count()
    assert orders >= 100_000
    print(f"{orders:,} orders, {refunds:,} refunds, {Booking.objects.count():,} bookings")
    print(f"{SalesDay.objects.count()} closed days, net {books(START.date(), today()).net:,.2f}")
    print(f"{lived:.0f} s to live, {time.monotonic() - began:.0f} s in all")


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


def test_days_that_are_opened_again_forget_their_sums_and_those_before_stay(clock):
    shop = Shop(3)
    for _day in range(3):
        shop.say(shop.payment(shop.order(online=True)))
        clock.add(timedelta(days=1))
    assert close_days() == 3
    kept = [SalesDay, SalesDaySku, BookDay]
    days = sorted(SalesDay.objects.values_list("day", flat=True))
    before = [list(model.objects.order_by("day", "pk").values()) for model in kept]
    reopen_days(since=days[1])
    assert [set(model.objects.values_list("day", flat=True)) for model in kept] == [{days[0]}] * 3
    assert close_days() == 2
    after = [list(model.objects.order_by("day", "pk").values()) for model in kept]
    assert [[{**row, "id": 0} for row in rows] for rows in after] == [
        [{**row, "id": 0} for row in rows] for rows in before
    ]


def test_days_are_closed_a_portion_at_a_time(clock):
    Shop(3).order(online=True)
    clock.add(timedelta(days=5))
    assert [close_days(at_most=2), close_days(at_most=2), close_days(at_most=2)] == [2, 2, 1]


def test_the_orders_of_a_day_that_do_not_add_up_are_counted_and_logged(make_order, apple, caplog):
    begin, end = bounds(START.date())
    orders = [make_order({apple: 1}, source=BUY) for _n in range(4)]
    moments = [begin - timedelta(seconds=1), begin, end - timedelta(seconds=1), end]
    for order, at in zip(orders, moments, strict=True):
        Order.objects.filter(pk=order.pk).update(placed_at=at)
    assert audit(day=START.date()) == 0
    Order.objects.update(freight=Decimal("99.00"))
    assert audit(day=START.date()) == 2
    said = [record.getMessage() for record in caplog.records if "add up" in record.getMessage()]
    assert [order.number in line for order, line in zip(orders[1:3], said, strict=True)] == [True, True]


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
        # What goes back is a number too: a spreadsheet leaves a text out of its sum.
        assert sum(Decimal(row[-1]) for row in rows[1:]) == books(today(), today()).net
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
