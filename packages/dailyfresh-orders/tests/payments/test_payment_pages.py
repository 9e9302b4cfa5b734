"""The buyer's side of paying: who may ask, what a return proves, what a poll costs."""

import time

import pytest
from dailyfresh_orders.models import Order, Payment, PaymentLog
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

AJAX = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def other(stranger):
    client = Client()
    client.force_login(stranger)
    return client


def press(client, order, **extra):
    return client.post(reverse("dailyfresh_orders:pay"), {"order": order.number, **extra}, headers=AJAX)


def poll(client, order):
    return client.post(reverse("dailyfresh_orders:pay_query"), {"order": order.number}, headers=AJAX)


def wait_page(order):
    return reverse("dailyfresh_orders:pay_wait", args=[order.number])


def test_nobody_pays_asks_about_or_sees_somebody_elses_order(other, order, pay_page):
    pay_page(order)
    assert press(other, order).status_code == 404
    assert poll(other, order).status_code == 404
    assert other.get(wait_page(order)).status_code == 404
    assert press(other, Order(number="nope")).status_code == 404
    assert poll(other, Order(number="nope")).status_code == 404


def test_a_visitor_is_sent_to_sign_in(order):
    answer = press(Client(), order)
    assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    assert "/log-in/" in Client().get(wait_page(order)).url


def test_paying_needs_post_and_a_token(buyer, order):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(buyer)
    assert press(strict, order).status_code == 403
    assert poll(strict, order).status_code == 403
    assert strict.get(reverse("dailyfresh_orders:pay")).status_code == 405
    assert not Payment.objects.exists()


def test_amount_and_address_from_the_browser_are_ignored(shop, order, simulator):
    url = press(shop, order, amount="0.01", total_amount="0.01", subject="x", return_url="http://evil.example/").json()[
        "data"
    ]["url"]
    assert "evil" not in url
    assert simulator.pay(url).order.fen == 6100
    assert Payment.objects.get().amount == order.total


def test_only_configured_online_gateways_take_an_unpaid_order(shop, order, make_order, apple):
    assert press(shop, order, gateway="cod").status_code == 409
    assert press(shop, order, gateway="nope").status_code == 409
    assert press(shop, make_order({apple: 1}, payment_method="cod")).status_code == 409
    assert not Payment.objects.exists()


def test_a_paid_order_cannot_be_paid_again(shop, paid):
    answer = press(shop, paid)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert Payment.objects.count() == 1


def test_an_expired_order_cannot_be_paid(shop, order):
    from datetime import timedelta

    from django.utils import timezone

    Order.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert press(shop, order).status_code == 409


def test_the_button_works_without_javascript(shop, order, simulator):
    answer = shop.post(reverse("dailyfresh_orders:pay"), {"order": order.number})
    assert answer.status_code == 302
    assert answer.url.startswith(simulator.url)


def test_a_phone_gets_the_phone_page(shop, order):
    url = shop.post(
        reverse("dailyfresh_orders:pay"),
        {"order": order.number},
        headers={**AJAX, "User-Agent": "Mozilla/5.0 (iPhone) Mobile"},
    ).json()["data"]["url"]
    assert "alipay.trade.wap.pay" in url


@pytest.mark.parametrize("change", ["no sign", "edited", "empty"])
def test_a_forged_return_settles_nothing_and_leads_to_the_orders(shop, order, pay_page, simulator, change):
    trade = simulator.sign_in(pay_page(order))
    query = simulator.return_url(trade.order).split("?", 1)[1]
    query = {"no sign": query.split("&sign=")[0], "edited": query.replace("61.00", "0.01"), "empty": ""}[change]
    answer = shop.get(f"{reverse('dailyfresh_orders:alipay_return')}?{query}")
    assert answer.url == reverse("dailyfresh_orders:list")
    assert not PaymentLog.objects.exists()


def test_a_genuine_return_proves_nothing_either(shop, order, pay_page, simulator):
    trade = simulator.sign_in(pay_page(order))
    back = simulator.return_url(trade.order).split("?", 1)[1]
    answer = shop.get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}")
    assert answer.url == wait_page(order) + "?back"
    order.refresh_from_db()
    assert order.state == "awaiting_payment"
    assert poll(shop, order).json()["data"] == {"state": "waiting", "url": None, "unpaid": True}
    page = shop.post(reverse("dailyfresh_orders:pay_query"), {"order": order.number}, follow=True)
    assert "not confirmed yet" in page.content.decode()


def test_a_return_of_somebody_elses_payment_is_a_404(other, order, pay_page, simulator):
    trade = simulator.pay(pay_page(order))
    back = simulator.return_url(trade.order).split("?", 1)[1]
    assert other.get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}").status_code == 404
    assert "/log-in/" in Client().get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}").url


def test_a_return_cannot_be_made_to_lead_elsewhere(shop, order, pay_page, simulator):
    trade = simulator.pay(pay_page(order))
    back = simulator.return_url(trade.order).split("?", 1)[1]
    answer = shop.get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}&next=http://evil.example/")
    assert answer.url == reverse("dailyfresh_orders:list")  # what was not signed makes it a forgery


def test_however_often_a_browser_polls_the_gateway_is_asked_once_in_two_seconds(shop, order, pay_page, simulator):
    pay_page(order)
    began = time.monotonic()
    for _ in range(8):
        assert poll(shop, order).status_code == 200
    assert 1 <= simulator.api.calls.count("alipay.trade.query") <= 1 + (time.monotonic() - began) // 2


def test_polling_is_throttled_per_buyer(shop, order, pay_page, monkeypatch):
    pay_page(order)
    monkeypatch.setattr("dailyfresh_orders.views.payments.POLLS_A_MINUTE", 3)
    answers = [poll(shop, order) for _ in range(5)]
    assert [answer.status_code for answer in answers][:3] == [200, 200, 200]
    assert answers[-1].status_code in (429, 200)  # a minute may end in between
    if answers[-1].status_code == 429:
        assert 0 < answers[-1].json()["data"]["retry_after"] <= 60


@pytest.mark.parametrize(
    "how", ["drop", "refuse", "500", "garbage", "html", "20000", "20000-after", "bad-signature", "unsigned"]
)
def test_a_gateway_that_fails_is_never_taken_for_unpaid(shop, paid_at_gateway, simulator, how):
    simulator.fault("reply", how)
    assert poll(shop, paid_at_gateway).json()["data"] == {"state": "waiting", "url": None, "unpaid": False}
    assert Payment.objects.get().state == "pending"
    Payment.objects.update(asked_at=None)
    assert poll(shop, paid_at_gateway).json()["data"]["state"] == "paid"


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_no_request_waits_for_the_gateway_longer_than_its_deadline(shop, paid_at_gateway, simulator, how):
    simulator.fault("reply", how, value=30)
    begun = time.monotonic()
    assert poll(shop, paid_at_gateway).status_code == 200
    assert time.monotonic() - begun < 1.0 + 0.8  # the deadline of the tests, and a slow machine


def test_another_amount_at_the_gateway_is_disputed_and_the_buyer_is_told_not_to_pay_again(
    shop, paid_at_gateway, simulator
):
    simulator.fault("trade", "amount")
    assert poll(shop, paid_at_gateway).json()["data"]["state"] == "disputed"
    page = shop.get(wait_page(paid_at_gateway)).content.decode()
    assert "do not pay again" in page
    assert Payment.objects.get().state == "disputed"


def test_the_waiting_page_shows_each_state(shop, order, pay_page, make_order, apple):
    page = shop.get(wait_page(order)).content.decode()
    assert "Your order is placed" in page
    assert "data-poll=" not in page
    pay_page(order)
    page = shop.get(wait_page(order)).content.decode()
    assert "Waiting for your payment" in page
    assert f'data-order="{order.number}"' in page
    Order.objects.update(state="cancelling")
    assert "being cancelled" in shop.get(wait_page(order)).content.decode()
    Order.objects.update(state="cancelled")
    assert "was cancelled" in shop.get(wait_page(order)).content.decode()
    Order.objects.update(state="closed")
    assert "gone back the way it came" in shop.get(wait_page(order)).content.decode()
    cash = make_order({apple: 1}, payment_method="cod")
    assert "You pay when it is delivered" in shop.get(wait_page(cash)).content.decode()


def test_pages_about_money_are_not_cached(shop, order):
    assert "no-store" in shop.get(wait_page(order))["Cache-Control"]


def test_paying_takes_few_statements(shop, order, pay_page, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        pay_page(order)
    with django_assert_max_num_queries(14):
        shop.get(wait_page(order))


def test_a_cache_that_is_down_does_not_stop_payments(shop, paid_at_gateway, notify, settings, monkeypatch):
    class Down:
        def add(self, *args, **options):
            raise ConnectionError("no cache")

    monkeypatch.setattr("dailyfresh_core.allowances.caches", {"default": Down()})
    assert notify({"sign": "forged"}) == "fail"
    assert poll(shop, paid_at_gateway).json()["data"]["state"] == "paid"


def test_a_gateway_that_was_taken_out_of_the_settings_breaks_no_page(shop, order, pay_page, pay_settings):
    pay_page(order)
    pay_settings.DAILYFRESH_ORDERS = {**pay_settings.DAILYFRESH_ORDERS, "GATEWAYS": {}}
    assert poll(shop, order).json()["data"]["state"] == "waiting"
    assert shop.get(wait_page(order)).status_code == 200
