"""Paying, from the button to the books."""

from dailyfresh_orders.models import Order, Payment
from django.urls import reverse

AJAX = {"X-Requested-With": "XMLHttpRequest"}


def poll(shop, order):
    return shop.post(reverse("dailyfresh_orders:pay_query"), {"order": order.number}, headers=AJAX)


def test_the_button_gives_the_gateways_address_and_makes_one_payment_however_often_it_is_pressed(order, pay_page):
    first, second = pay_page(order), pay_page(order)
    payment = Payment.objects.get()
    assert (payment.amount, payment.state, payment.out_trade_no) == (order.total, "pending", f"{order.number}_1")
    assert payment.out_trade_no in first
    assert payment.out_trade_no in second


def test_a_paid_order_is_settled_by_the_poll_of_the_waiting_page(shop, order, pay_page, simulator):
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    page = reverse("dailyfresh_orders:pay_wait", args=[order.number])
    assert shop.get(page).context["state"] == "waiting"
    assert poll(shop, order).json()["data"] == {"state": "paid", "url": page, "unpaid": False}
    order.refresh_from_db()
    payment = order.payments.get()
    assert (order.state, payment.state, payment.received) == (Order.State.TO_SHIP, "paid", order.total)
    assert shop.get(page).context["state"] == "paid"


def test_a_notify_settles_and_is_answered_success_however_often_it_comes(paid_at_gateway, deliver):
    assert deliver() + deliver() == ["success", "success"]
    paid_at_gateway.refresh_from_db()
    assert paid_at_gateway.state == Order.State.TO_SHIP
    assert [entry.after for entry in paid_at_gateway.payments.get().log.all()] == ["paid"]
