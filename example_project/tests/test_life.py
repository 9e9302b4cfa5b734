"""The demo's weeks of trade: enough of everything to look at, and books that agree."""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alipay_simulator.book import Book
from alipay_simulator.database import Database
from alipay_simulator.keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, SELLER_ID, ensure_keys
from dailyfresh_core.pricing.amounts import in_fen
from dailyfresh_goods.models import SKU
from dailyfresh_orders.days import today
from dailyfresh_orders.models import Booking, Letter, Order, OrderLog, Payment, Refund, Review, SalesDay
from dailyfresh_orders.services import audit
from dailyfresh_users.models import Address
from demo import services
from django.conf import LazySettings
from django.core.management import call_command
from django.db.models import F, Sum

DAYS = 12


@pytest.fixture
def alipay(settings: LazySettings, tmp_path: Path) -> Path:
    """The folder of the simulator's keys and trades, which the shop is configured for."""
    folder = tmp_path / "alipay"
    ensure_keys(folder)
    options = {
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "app_private_key_file": str(folder / APP_PRIVATE),
        "alipay_public_key_file": str(folder / ALIPAY_PUBLIC),
        "server_url": "http://127.0.0.1:9/gateway.do",
    }
    gateways = settings.DAILYFRESH_ORDERS["GATEWAYS"]
    made = {"BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway", "OPTIONS": options}
    settings.DAILYFRESH_ORDERS = {
        **settings.DAILYFRESH_ORDERS,
        "ALLOW_LOOPBACK_SIMULATOR": True,
        "GATEWAYS": {"alipay": made, **gateways},
    }
    settings.VAR_DIR = tmp_path
    return folder


def sum_of(rows: Any, column: str) -> Any:
    return rows.aggregate(sum=Sum(column))["sum"] or 0


@pytest.mark.django_db
def test_weeks_of_trade_leave_every_kind_of_order_and_books_that_agree_to_the_fen(alipay: Path) -> None:
    call_command("load_life", days=DAYS, verbosity=0)

    State = Order.State
    seen = set(Order.objects.values_list("state", flat=True))
    assert seen >= {State.TO_SHIP, State.SHIPPED, State.RECEIVED, State.DONE, State.CANCELLED, State.AWAITING_PAYMENT}
    assert Refund.objects.filter(state=Refund.State.DONE).exists()
    assert Payment.objects.filter(state=Payment.State.DISPUTED).count() == 1
    assert Review.objects.filter(pictures__isnull=False).exists()
    assert SKU.objects.filter(rating_rank__gt=0).exists(), "lists can be sorted by stars"
    assert Letter.objects.filter(channel="shop", read_at=None).exists()
    assert not Letter.objects.exclude(channel="shop").exists(), "nobody gets weeks of mails at once"
    told = list(Letter.objects.order_by("pk").values_list("message__at", flat=True))
    assert told == sorted(told), "messages stand in the order in which things happened"

    days = [today() - timedelta(days=n) for n in range(DAYS + 1)]
    assert sum(audit(day=day) for day in days) == 0
    assert SalesDay.objects.count() >= DAYS - 1
    paid = Payment.objects.filter(paid_slot=1)
    through = Booking.objects.exclude(payment=None)
    assert sum_of(through.filter(kind="sale"), "amount") == sum_of(paid, "received")
    assert sum_of(through.filter(kind="refund"), "amount") == -sum_of(paid, "refunded")
    assert sum_of(Refund.objects.filter(state=Refund.State.DONE), "amount") == sum_of(paid, "refunded")
    with_courier = Order.objects.filter(payment_method="cod").exclude(received_at=None)
    assert sum_of(Booking.objects.filter(payment=None), "amount") == sum_of(with_courier, "total")

    assert not OrderLog.objects.filter(at__lt=F("order__placed_at")).exists()
    homes = dict(Address.objects.values_list("user_id", "receiver"))
    for order in Order.objects.all():
        assert order.receiver == homes[order.user_id], "each goes to its buyer's home"
    database = Database(alipay / "trades.sqlite3")
    book = Book(database)
    for payment in paid.order_by("?")[:20]:
        trade = book.trade(payment.out_trade_no)
        assert trade
        assert (trade.trade_no, trade.refunded) == (payment.trade_no, in_fen(payment.refunded))
    database.close()


@pytest.mark.django_db
def test_a_first_start_shows_no_alarm_of_the_trade_that_it_makes_up(
    alipay: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call_command("load_life", days=DAYS, verbosity=0)

    said = [f"{each.levelname} {each.getMessage()}" for each in caplog.records if each.levelno >= logging.WARNING]
    hush = services.load(bare=False).hush
    assert said
    assert hush
    assert [line for line in said if not hush.search(line)] == []


@pytest.mark.django_db
def test_a_shop_that_trades_is_left_alone(alipay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_life", days=2)
    orders = set(Order.objects.values_list("number", "state"))

    call_command("load_life", days=2)

    assert set(Order.objects.values_list("number", "state")) == orders
    assert capsys.readouterr().out.count("orders of 2 days") == 1
