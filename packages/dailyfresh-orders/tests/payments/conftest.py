import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from dailyfresh_orders.models import Order, Payment
from django.test import Client
from django.urls import reverse


@pytest.fixture
def simulator(alipay_simulator):
    """Alipay, with nothing left from the last test but its keys and its address."""
    return alipay_simulator


@pytest.fixture
def alipay_options(simulator):
    return {
        "app_id": simulator.app_id,
        "seller_id": simulator.seller_id,
        "app_private_key_file": str(simulator.app_private_key_file),
        "alipay_public_key_file": str(simulator.alipay_public_key_file),
        "server_url": simulator.url,
        "deadline": 1.0,
    }


@pytest.fixture
def pay_settings(settings, alipay_options):
    """The site takes Alipay, at the simulator; notifies go nowhere unless a test serves the site."""
    settings.DAILYFRESH_ORDERS = {
        **settings.DAILYFRESH_ORDERS,
        "ALLOW_LOOPBACK_SIMULATOR": True,
        "PUBLIC_URL": "http://127.0.0.1:9",
        "GATEWAYS": {
            "alipay": {"BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway", "OPTIONS": alipay_options},
            "cod": {"BACKEND": "dailyfresh_orders.gateways.cod.CashOnDelivery"},
        },
    }
    return settings


@pytest.fixture
def alipay(pay_settings):
    from dailyfresh_orders.gateways import gateway

    return gateway("alipay")


@pytest.fixture
def order(pay_settings, make_order, apple, pear):
    """An order of ¥61.00 (2 apples, 2 pears, freight) to be paid with Alipay."""
    return make_order({apple: 2, pear: 2}, payment_method="alipay")


@pytest.fixture
def pay_page(shop):
    """Presses "pay" as a browser does; gives the gateway's address."""

    def press(order):
        answer = shop.post(
            reverse("dailyfresh_orders:pay"), {"order": order.number}, headers={"X-Requested-With": "XMLHttpRequest"}
        )
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]["url"]

    return press


@pytest.fixture
def paid_at_gateway(order, pay_page, simulator):
    """The buyer has paid, and the site has not heard of it."""
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    return order


@pytest.fixture
def paid(paid_at_gateway):
    """A paid order."""
    from dailyfresh_orders.services import ask

    ask(paid_at_gateway.payments.get())
    paid_at_gateway.refresh_from_db()
    assert paid_at_gateway.state == Order.State.TO_SHIP
    return paid_at_gateway


@pytest.fixture
def notify():
    """Posts a form to the notify address as the gateway does, without session or token; gives the answer's body."""
    strange = Client(enforce_csrf_checks=True)

    def post(fields):
        body = fields if isinstance(fields, (str, bytes)) else urlencode(fields)
        answer = strange.post(
            reverse("dailyfresh_orders:alipay_notify"),
            body,
            content_type="application/x-www-form-urlencoded; charset=utf-8",
        )
        assert answer.status_code == 200
        assert answer["Content-Type"] == "text/plain"
        return answer.content.decode()

    return post


@pytest.fixture
def deliver(simulator, notify):
    """Posts every notify that the simulator holds to the site, as it would; gives the answers."""

    def post():
        return [notify(notice.fields) for notice in simulator.notices()]

    return post


@pytest.fixture
def signed_notify(simulator, order, pay_page):
    """A notify about the order's trade with any values changed, correctly signed: what only Alipay could send."""

    def make(**changes):
        payment = Payment.objects.filter(order=order).first()
        if payment is None:
            pay_page(order)
            payment = Payment.objects.get(order=order)
        fields = {
            "notify_time": "2026-11-23 12:00:00",
            "notify_type": "trade_status_sync",
            "notify_id": "n1",
            "charset": "utf-8",
            "version": "1.0",
            "app_id": simulator.app_id,
            "auth_app_id": simulator.app_id,
            "seller_id": simulator.seller_id,
            "trade_no": "2026112322001400000000000001",
            "out_trade_no": payment.out_trade_no,
            "buyer_id": "2088102169481075",
            "buyer_logon_id": "csq***@sandbox.com",
            "trade_status": "TRADE_SUCCESS",
            "total_amount": f"{order.total:.2f}",
            "gmt_create": "2026-11-23 11:59:00",
            "gmt_payment": "2026-11-23 12:00:00",
            **changes,
        }
        fields = {key: value for key, value in fields.items() if value is not None}
        return simulator.signed(fields)

    return make


@pytest.fixture
def until():
    """Waits until something is true, for at most 5 s."""

    def wait(condition):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return False

    return wait


def query_of(url):
    return dict(parse_qsl(urlsplit(url).query))
