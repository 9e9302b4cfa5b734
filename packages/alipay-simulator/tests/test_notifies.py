"""Notifies: signed, repeated until they are understood, and each switch that spoils them."""

import threading
import time

import pytest
from client import http
from cryptography.exceptions import InvalidSignature


def test_a_notify_is_delivered_again_under_the_same_id_until_it_is_answered_success(
    simulator, page, merchant, until, client
):
    url, got, answers = merchant
    answers += ["fail", " success", "<html>success</html>"]
    simulator.pay(page(notify_url=url))
    assert until(lambda: len(got) == 4)
    assert len({fields["notify_id"] for fields in got}) == 1
    assert all(value for value in got[0].values())
    client.verify_fields(got[0])
    time.sleep(0.2)
    assert len(got) == 4
    simulator.courier.resend("t1")
    assert until(lambda: len(got) == 5)


def test_only_success_and_its_refunds_are_notified(simulator, page, merchant, until, ask):
    url, got, _answers = merchant
    simulator.pay(page(notify_url=url))
    assert until(lambda: len(got) == 1)
    ask("alipay.trade.refund", {"out_trade_no": "t1", "refund_amount": "1.00", "out_request_no": "r1"})
    assert until(lambda: len(got) == 2)
    assert (got[1]["trade_status"], got[1]["refund_fee"], got[1]["out_biz_no"]) == ("TRADE_SUCCESS", "1.00", "r1")
    assert "gmt_refund" in got[1]
    assert "gmt_refund" not in got[0]
    simulator.sign_in(page("w", notify_url=url))
    ask("alipay.trade.close", {"out_trade_no": "w"})
    time.sleep(0.2)
    assert len(got) == 2


BELIEVED = {"twice", "amount", "seller", "app", "early"}
"""Switches whose notify carries a true signature."""


@pytest.mark.parametrize(
    ("how", "field", "value"),
    [
        ("twice", "total_amount", "88.80"),
        ("tamper", "total_amount", "88.81"),
        ("amount", "total_amount", "89.80"),
        ("seller", "seller_id", "2088999999999999"),
        ("app", "app_id", "9021999999999999"),
        ("forge", "total_amount", "88.80"),
        ("early", "total_amount", "88.80"),
    ],
)
def test_a_switched_notify_arrives_spoilt_as_its_name_says(simulator, page, merchant, until, client, how, field, value):
    url, got, _answers = merchant
    simulator.fault("notify", how)
    simulator.pay(page(notify_url=url))
    if how == "early":
        assert len(got) == 1  # there before the buyer's page is
    assert until(lambda: len(got) == (2 if how == "twice" else 1))
    assert got[0][field] == value
    if how in BELIEVED:
        client.verify_fields(got[0])
    else:
        with pytest.raises(InvalidSignature):
            client.verify_fields(got[0])
    simulator.pay(page("t2", notify_url=url))
    assert until(lambda: got[-1]["out_trade_no"] == "t2")
    assert got[-1]["total_amount"] == "88.80"


def test_a_notify_can_be_dropped_and_delayed(simulator, page, merchant, until):
    url, got, _answers = merchant
    simulator.fault("notify", "drop")
    simulator.pay(page(notify_url=url))
    simulator.fault("notify", "delay", value=0.4)
    simulator.pay(page("t2", notify_url=url))
    assert got == []
    assert until(lambda: len(got) == 1)
    assert got[0]["out_trade_no"] == "t2"


def test_a_notify_is_delivered_once_however_many_look_for_it_at_once(simulator, page, merchant, until):
    url, got, _answers = merchant
    simulator.fault("notify", "delay", value=0.2)
    simulator.pay(page(notify_url=url))
    end = time.monotonic() + 0.6

    def look():
        while time.monotonic() < end:
            simulator.courier.deliver_due()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert until(lambda: simulator.notices()[0].answer == "success")
    assert len(got) == simulator.notices()[0].tries == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/n",
        "http://localhost/n",
        "https://127.0.0.1/n",
        "http://127.0.0.1.evil.example/n",
        "file:///etc/passwd",
    ],
)
def test_it_delivers_to_loopback_addresses_only_whatever_is_asked_at_the_desk(simulator, page, until, target):
    simulator.pay(page(notify_url=target))
    [notice] = simulator.notices()
    assert (notice.due, notice.tries) == (None, 0)
    http(f"{simulator.origin}/trade", {"out_trade_no": "t1", "act": "resend"})
    assert until(lambda: "loopback" in simulator.notices()[0].answer)
    assert simulator.notices()[0].due is None


def test_what_a_test_signs_itself_is_believed_as_alipays(simulator, client):
    client.verify_fields(simulator.signed({"out_trade_no": "t1", "trade_status": "TRADE_CLOSED"}))
