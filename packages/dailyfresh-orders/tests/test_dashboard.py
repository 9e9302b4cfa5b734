"""The sales dashboard: figures, days, and what they cost."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from dailyfresh_orders.days import bounds, today
from dailyfresh_orders.models import Booking, Order, SalesDay, SalesDaySku
from dailyfresh_orders.reports.sales import figures
from dailyfresh_orders.services import cancel_order, close_days, receive, reopen_days, ship
from django.core.management import call_command
from django.test.utils import override_settings
from django.urls import reverse
from django.utils import timezone

URL = "admin:dailyfresh_orders_dashboard"


@pytest.fixture
def sold(make_order, apple, pear):
    """Three orders: two today, one three days ago; and one unpaid."""
    now, three_days = timezone.now(), timezone.now() - timedelta(days=3)
    orders = [make_order({apple: 2}), make_order({apple: 1, pear: 1}), make_order({pear: 3})]
    Order.objects.filter(pk=orders[2].pk).update(sold_at=three_days, placed_at=three_days)
    for order in orders:
        ship(order.pk, carrier="SF", tracking_number="1", by="staff")
        receive(order.pk, by="staff")
    Booking.objects.filter(order=orders[2]).update(day=today() - timedelta(days=3))
    make_order({apple: 1}, payment_method="voucher", source="buy")
    return now


def test_the_figures_add_up(sold, apple, pear):
    found = figures(today() - timedelta(days=6), today())
    by_day = {day.day: (day.orders, day.turnover) for day in found.days if day.orders}
    assert by_day == {today(): (2, Decimal("56.50")), today() - timedelta(days=3): (1, Decimal("60.00"))}
    assert (found.orders, found.turnover, found.average) == (3, Decimal("116.50"), Decimal("38.83"))
    assert len(found.days) == 7
    assert [(top.name, top.quantity, top.amount) for top in found.top] == [
        ("Pear", 4, Decimal("80.00")),
        ("Apple", 3, Decimal("16.50")),
    ]
    assert found.funnel[:2] == (("placed", 4, Decimal("100.0")), ("paid", 3, Decimal("75.0")))
    assert found.low_stock == (("Apple", 6), ("Pear", 6))


def test_what_is_paid_on_delivery_counts_once_it_is_received_and_cancelled_never(admin_client, make_order, apple):
    kept, given_up = make_order({apple: 2}), make_order({apple: 1})
    cancel_order(given_up.pk, by="staff")
    ship(kept.pk, carrier="SF", tracking_number="1", by="staff")
    assert figures(today(), today()).turnover == 0
    receive(kept.pk, by="staff")
    assert figures(today(), today()).turnover == kept.total
    assert "on delivery when it was received" in admin_client.get(reverse(URL)).content.decode()


def test_closed_days_give_the_same_figures_as_open_ones(sold):
    wanted = (today() - timedelta(days=6), today())
    before = figures(*wanted)
    assert close_days() == 3
    assert close_days() == 0
    assert SalesDay.objects.count() == 3
    assert SalesDaySku.objects.get().quantity == 3
    assert figures(*wanted) == before
    reopen_days(since=today() - timedelta(days=9))
    assert figures(*wanted) == before


def test_a_day_is_closed_once_by_several_workers(sold, monkeypatch):
    from dailyfresh_orders.services.books import closing as sales

    day = today() - timedelta(days=3)
    sales._close(day)
    sales._close(day)
    assert SalesDay.objects.get().orders == 1
    assert SalesDaySku.objects.count() == 1


def test_a_day_is_not_closed_before_late_transactions_have_committed(sold, monkeypatch):
    midnight = datetime.combine(today(), datetime.min.time())
    monkeypatch.setattr(
        "dailyfresh_orders.services.books.closing.timezone.now", lambda: midnight + timedelta(minutes=1)
    )
    assert close_days() == 2  # yesterday stays open


@override_settings(USE_TZ=True, TIME_ZONE="America/New_York")
def test_days_begin_at_midnight_of_the_shop_also_when_clocks_change():
    since, until = bounds(date(2026, 3, 8))
    assert (until - since) == timedelta(days=1)
    assert until.timestamp() - since.timestamp() == 23 * 3600
    assert today(since) == date(2026, 3, 8)
    assert today(until - timedelta(microseconds=1)) == date(2026, 3, 8)


def test_the_page_shows_the_same_numbers_as_its_charts_without_inline_code(admin_client, sold):
    page = admin_client.get(reverse(URL)).content.decode()
    assert page.count("<canvas") == 4
    for table in re.findall(r'data-table="#([\w-]+)"', page):
        assert f'id="{table}"' in page
    assert "56.50" in page
    assert re.search(r"<script(?![^>]*src=)[^>]*>", page) is None or "nonce" not in page
    body = page[page.index('id="content-main"') :]
    assert "style=" not in body
    assert "onclick" not in page


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-13-01",
        "since=x&until=y",
        "since=2026-02-02&until=2026-01-01",
        "since=2020-01-01&until=2026-01-01",
        "until=0001-01-01",
        "since=9999-12-31&until=9999-12-31",
    ],
)
def test_a_wrong_range_is_said_and_the_usual_one_shown(admin_client, sold, query):
    page = admin_client.get(f"{reverse(URL)}?{query}")
    assert page.status_code == 200
    assert page.context["form"].errors
    assert len(page.context["found"].days) == 14


def test_the_statements_do_not_grow_with_the_range_once_days_are_closed(
    admin_client, sold, django_assert_max_num_queries
):
    close_days()
    for days in (14, 300):
        query = {"since": today() - timedelta(days=days), "until": today()}
        with django_assert_max_num_queries(24):
            admin_client.get(reverse(URL), query)


def test_the_commands_do_what_beat_would(sold, capsys):
    call_command("close_sales")
    assert capsys.readouterr().out == "3 days closed\n"
    call_command("close_sales", again_since=today() - timedelta(days=1))
    assert capsys.readouterr().out == "1 days closed\n"
    unpaid = Order.objects.get(state="awaiting_payment")
    Order.objects.update(due_at=None)
    Order.objects.filter(pk=unpaid.pk).update(due_at=timezone.now())
    call_command("drain_orders")
    unpaid.refresh_from_db()
    assert unpaid.state == "cancelled"
