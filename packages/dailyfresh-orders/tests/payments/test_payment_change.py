"""Another way to pay, chosen after the order was placed."""

from decimal import Decimal

import pytest
from dailyfresh_orders.exceptions import IllegalTransition
from dailyfresh_orders.models import Order, Payment, Refund
from dailyfresh_orders.services import cancel_order, receive, refund_lines, ship, sweep
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

AJAX = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def change(client, order, gateway="cod", **kwargs):
    return client.post(reverse("dailyfresh_orders:pay_otherwise", args=[order.number]), {"gateway": gateway}, **kwargs)


def wait_page(order):
    return reverse("dailyfresh_orders:pay_wait", args=[order.number])


def test_an_unpaid_order_can_be_paid_to_the_courier_after_all(shop, order, pay_page, simulator):
    pay_page(order)
    page = shop.get(wait_page(order)).content.decode()
    assert reverse("dailyfresh_orders:pay_otherwise", args=[order.number]) in page
    answer = change(shop, order)
    assert answer.url == wait_page(order)
    order.refresh_from_db()
    assert (order.state, order.payment_method, order.expires_at, order.due_at) == ("to_ship", "cod", None, None)
    assert order.sold_at is not None
    page = shop.get(wait_page(order)).content.decode()
    assert "Your order is placed" in page
    assert "You pay when it is delivered" in page
    assert "pay_otherwise" not in page


def test_money_that_still_arrives_at_the_old_page_goes_back(shop, order, pay_page, simulator):
    old = pay_page(order)
    change(shop, order)
    simulator.pay(old)
    sweep()
    order.refresh_from_db()
    assert (order.state, order.paid_at) == ("to_ship", None)
    assert Payment.objects.get().state in (Payment.State.LATE_PAID, Payment.State.REFUNDED)
    assert Refund.objects.get().kind == Refund.Kind.LATE


def test_the_old_page_is_closed_and_the_order_can_still_be_cancelled(shop, order, pay_page, simulator, buyer):
    simulator.sign_in(pay_page(order))
    change(shop, order)
    sweep()
    assert Payment.objects.get().state == Payment.State.CLOSED
    cancel_order(order.pk, by=buyer, why="")
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_a_paid_order_an_unknown_way_and_a_strangers_order_are_refused(shop, paid, make_order, apple, stranger):
    assert change(shop, paid, headers=AJAX).status_code == 409
    fresh = make_order({apple: 1}, payment_method="alipay")
    for code in ("nope", "alipay", "../x", ""):
        assert change(shop, fresh, code, headers=AJAX).status_code == 409
    other = Client()
    other.force_login(stranger)
    assert change(other, fresh).status_code == 404
    assert shop.get(reverse("dailyfresh_orders:pay_otherwise", args=[fresh.number])).status_code == 405
    fresh.refresh_from_db()
    assert (fresh.state, fresh.payment_method) == (Order.State.AWAITING_PAYMENT, "alipay")


def test_what_is_sent_unpaid_has_its_limit_here_too(shop, order, pay_settings):
    pay_settings.DAILYFRESH_ORDERS = {**pay_settings.DAILYFRESH_ORDERS, "OPEN_ON_DELIVERY_TOTAL": "60.99"}
    answer = change(shop, order, headers=AJAX)
    assert answer.status_code == 409
    assert "together" in answer.json()["message"]
    order.refresh_from_db()
    assert order.state == "awaiting_payment"


def test_whoever_comes_back_from_the_gateway_unpaid_reads_so(shop, order, pay_page, simulator):
    trade = simulator.sign_in(pay_page(order))
    back = simulator.return_url(trade.order).split("?", 1)[1]
    page = shop.get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}", follow=True)
    assert "nothing was charged" in page.content.decode()
    asked = shop.post(reverse("dailyfresh_orders:pay_query"), {"order": order.number}, headers=AJAX).json()["data"]
    assert asked == {"state": "waiting", "url": None, "unpaid": True}


def test_what_the_courier_was_paid_can_be_refunded_though_a_payment_was_begun_before(shop, order, pay_page, buyer):
    pay_page(order)
    change(shop, order)
    ship(order.pk, carrier="SF", tracking_number="1", by="boss")
    receive(order.pk, by=buyer)
    order.refresh_from_db()
    refund = refund_lines(order=order, by=None, key="abcdef", amount=Decimal("1.00"))
    assert (refund.payment.gateway, refund.payment.received) == ("cod", order.payable)


def test_the_order_can_be_cancelled_once_the_late_money_has_gone_back(shop, order, pay_page, simulator, buyer):
    old = pay_page(order)
    change(shop, order)
    simulator.pay(old)
    with pytest.raises(IllegalTransition):
        cancel_order(order.pk, by=buyer)
    sweep()
    assert Payment.objects.get().state == Payment.State.REFUNDED
    cancel_order(order.pk, by=buyer)
    order.refresh_from_db()
    assert order.state == "cancelled"
