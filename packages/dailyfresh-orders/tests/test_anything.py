"""Anything can be sold: a course, a download, a ticket, a service, beside what is sent in a parcel."""

import re
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from dailyfresh_orders.checks import check_backends, check_joins
from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.models import Order, Payment
from dailyfresh_orders.services import cancel_order, request_refund, settle, ship
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from minisite.shop.models import Tin

TICKETS = {
    "BACKEND": "dailyfresh_orders.stock.conditional.ConditionalStock",
    "OPTIONS": {"model": "shop.Tin", "id_field": "code", "stock_field": "left"},
}


@pytest.fixture
def sells(settings):
    """A site that sends nothing and counts nothing, unless said otherwise."""

    def change(**more):
        bare = {"CATALOGUE": "minisite.shop.joins.Talents", "ADDRESS_BOOK": None, "STOCK": None}
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | bare | more

    return change


@pytest.fixture
def tickets(db):
    return Tin.objects.create(code="ticket", left=10)


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode()))


def confirm(shop, *pairs):
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": pairs})
    assert page.status_code == 200, words(page)
    return page


def place(shop, page, way="voucher", **more):
    data = {"token": page.context["token"], "payment_method": way} | more
    return shop.post(reverse("dailyfresh_orders:place"), data)


def pay(shop, order):
    assert shop.get(reverse("dailyfresh_orders:pay_wait", args=[order.number])).status_code == 200
    assert shop.post(reverse("dailyfresh_orders:pay"), {"order": order.number}).status_code == 302
    payment = Payment.objects.get(order=order)
    paid = Observation(
        out_trade_no=payment.out_trade_no,
        state=TradeState.PAID,
        source="notify",
        trade_no=f"t{order.pk}",
        amount=payment.amount,
        currency=payment.currency,
        paid_at=datetime.now(UTC),
    )
    settle(paid, code=payment.gateway)
    order.refresh_from_db()


@pytest.mark.parametrize(
    ("pair", "total", "left"),
    [("course:1", "200.00", 10), ("download:7", "10.50", 10), ("ticket:2", "70.00", 8), ("hour:3", "180.00", 10)],
)
def test_one_of_each_kind_is_bought_without_address_and_freight(shop, sells, tickets, pair, total, left):
    sells(STOCK=TICKETS)
    page = confirm(shop, pair)
    assert page.context["orderable"]
    for absent in ("Where to", "Freight", "courier"):
        assert absent not in words(page)
    assert place(shop, page).status_code == 302
    order = Order.objects.get()
    assert (order.total, order.freight, order.street, order.state) == (Decimal(total), 0, "", "awaiting_payment")
    pay(shop, order)
    assert (order.state, order.received_at is not None, order.due_at is not None) == ("received", True, True)
    tickets.refresh_from_db()
    assert tickets.left == left
    page = shop.get(order.get_absolute_url())
    for absent in ("Receiver", "Freight", "Shipped", "Carrier"):
        assert absent not in words(page)
    assert shop.get(reverse("dailyfresh_orders:review", args=[order.number])).status_code == 200


def test_a_site_that_counts_and_sends_nothing_has_nothing_to_set_up_for_it(sells):
    sells()
    assert [*check_joins(None), *check_backends(None)] == []


def test_an_order_of_both_is_sent_and_takes_stock_of_what_is_counted(shop, sells, apple):
    settings = {
        "ADDRESS_BOOK": "minisite.shop.joins.AddressBook",
        "STOCK": TICKETS | {"OPTIONS": {"model": "shop.Product", "stock_field": "pieces"}},
    }
    sells(**settings)
    page = confirm(shop, f"{apple.pk}:2", "course:1")
    assert "Where to" in words(page)
    assert page.context["quote"].freight == 0  # free from 59.00, and the whole of the goods counts
    assert place(shop, page).status_code == 400
    assert place(shop, page, address=page.context["chosen"].id, way="cod").status_code == 302
    order = Order.objects.get()
    assert (order.state, order.receiver) == ("to_ship", "林晓禾")
    apple.refresh_from_db()
    assert apple.pieces == 8
    cancel_order(order.pk, by="lin")
    apple.refresh_from_db()
    assert apple.pieces == 10


def test_what_is_not_counted_is_cancelled_and_refunded_without_a_stock(shop, buyer, sells):
    sells()
    place(shop, confirm(shop, "course:1"))
    order = Order.objects.get()
    cancel_order(order.pk, by=buyer)
    order.refresh_from_db()
    assert order.state == "cancelled"
    place(shop, confirm(shop, "hour:2"))
    order = Order.objects.latest("pk")
    pay(shop, order)
    asked = request_refund(order=order, by=buyer, lines={order.lines.get().pk: 1}, reason="rain", key="1" * 12)
    assert asked.amount == 60


def test_what_costs_nothing_is_the_buyers_at_once(shop, sells):
    sells()
    assert place(shop, confirm(shop, "free:1"), way="cod").status_code == 302
    order = Order.objects.get()
    assert (order.state, order.received_at is not None, order.sold_at is not None) == ("received", True, True)


def test_nobody_collects_on_delivery_what_is_not_delivered(shop, sells):
    sells()
    page = confirm(shop, "download:1")
    assert [way.code for way in page.context["gateways"]] == ["voucher"]
    answer = place(shop, page, way="cod")
    assert answer.status_code == 409
    assert "This way to pay is not available." in words(answer)
    assert not Order.objects.exists()


def test_a_shop_that_takes_money_at_the_door_alone_says_that_a_download_cannot_be_paid(shop, sells):
    sells(GATEWAYS={"cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"}})
    page = confirm(shop, "download:1")
    assert "No way to pay fits this order." in words(page)
    assert not page.context["orderable"]
    assert confirm(shop, "free:1").context["orderable"]


def test_an_order_of_which_nothing_is_sent_cannot_be_shipped(shop, sells):
    sells()
    place(shop, confirm(shop, "free:1"))
    with pytest.raises(Exception, match="cannot become shipped"):
        ship(Order.objects.get().pk, carrier="SF", tracking_number="1", by="staff")


def test_what_the_site_lacks_is_said_before_anybody_orders(shop, sells, tickets, apple):
    sells()
    with pytest.raises(ImproperlyConfigured, match=r"STOCK.\] is None, and of 'A ticket' 10 are available"):
        confirm(shop, "ticket:1")
    sells(STOCK=TICKETS)
    with pytest.raises(ImproperlyConfigured, match=r"ADDRESS_BOOK.\] is None, and 'Apple' requires shipping"):
        confirm(shop, f"{apple.pk}:1")
