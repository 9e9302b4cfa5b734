"""Each switch of an answer, a refund and a trade does what it says, once, and leaves the truth to be asked for."""

import http.client
import json
import time
from urllib.parse import urlencode, urlsplit

import pytest
from alipay_simulator.faults import KINDS
from client import http as request
from cryptography.exceptions import InvalidSignature

REFUND = {"out_trade_no": "t1", "refund_amount": "8.80", "out_request_no": "r1"}
BEFORE = {"refuse", "500-before", "html", "20000"}
"""Switches that keep the call from being executed."""


@pytest.fixture
def refund(simulator, client):
    """Asks for a refund of a paid trade: (status, body); (0, "") for a connection that ends without an answer."""
    simulator.pay(client.page())

    def send():
        try:
            return request(client.url, client.request("alipay.trade.refund", REFUND))[:2]
        except http.client.RemoteDisconnected:
            return 0, ""

    return send


def code_of(body):
    return json.loads(body)["alipay_trade_refund_response"]["code"]


@pytest.mark.parametrize(
    ("how", "status", "seen"),
    [
        ("refuse", 0, lambda body: body == ""),
        ("drop", 0, lambda body: body == ""),
        ("500-before", 500, lambda body: "{" not in body),
        ("500", 500, lambda body: "{" not in body),
        ("html", 200, lambda body: body.startswith("<html>")),
        ("garbage", 200, lambda body: "{" not in body and "<" not in body),
        ("20000", 200, lambda body: code_of(body) == "20000"),
        ("20000-after", 200, lambda body: code_of(body) == "20000"),
        ("unsigned", 200, lambda body: code_of(body) == "10000" and "sign" not in json.loads(body)),
        ("bad-signature", 200, lambda body: code_of(body) == "10000" and "sign" in json.loads(body)),
    ],
)
def test_a_spoilt_answer_looks_as_it_says_and_the_refund_was_made_or_not(simulator, client, refund, how, status, seen):
    simulator.fault("reply", how, method="alipay.trade.refund")
    assert client.status() == "TRADE_SUCCESS"  # other methods are not struck
    got, body = refund()
    assert got == status
    assert seen(body), body
    assert list(simulator.book.refunds("t1")) == ([] if how in BEFORE else ["r1"])
    assert client.read(refund()[1])["code"] == "10000"  # it strikes once
    assert list(simulator.book.refunds("t1")) == ["r1"]


def test_a_wrongly_signed_answer_is_found_out_by_its_signature(simulator, client, refund):
    simulator.fault("reply", "bad-signature")
    with pytest.raises(InvalidSignature):
        client.read(refund()[1])


def test_a_hanging_answer_says_nothing_for_as_long_as_was_asked(simulator, refund):
    simulator.fault("reply", "hang", value=0.3)
    began = time.monotonic()
    assert refund() == (0, "")
    assert 0.3 <= time.monotonic() - began < 3
    assert list(simulator.book.refunds("t1")) == ["r1"]


def test_a_dripping_answer_comes_byte_by_byte(simulator, client, refund):
    simulator.fault("reply", "drip")
    connection = http.client.HTTPConnection(urlsplit(client.url).netloc, timeout=5)
    form = urlencode(client.request("alipay.trade.query", {"out_trade_no": "t1"}))
    connection.request("POST", "/gateway.do", form, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    assert answer.read1(100) == b"{"
    began = time.monotonic()
    assert answer.read1(100) == b'"'
    assert time.monotonic() - began > 0.5
    connection.close()


def test_a_refund_can_be_poor_unchanged_and_pending(simulator, ask, refund):
    simulator.fault("refund", "poor")
    assert ask("alipay.trade.refund", REFUND)["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    simulator.fault("refund", "pending")
    assert (ask("alipay.trade.refund", REFUND)["fund_change"], simulator.book.refunds("t1")) == ("N", {})
    simulator.fault("refund", "unchanged")
    assert ask("alipay.trade.refund", REFUND)["fund_change"] == "N"
    assert list(simulator.book.refunds("t1")) == ["r1"]


def test_a_query_can_tell_another_amount(simulator, client, ask):
    simulator.pay(client.page())
    simulator.fault("trade", "amount")
    assert ask("alipay.trade.query", {"out_trade_no": "t1"})["total_amount"] == "89.80"
    assert ask("alipay.trade.query", {"out_trade_no": "t1"})["total_amount"] == "88.80"


def test_a_switch_stays_on_for_as_often_as_was_said_or_for_ever(simulator, client):
    simulator.fault("reply", "500", times=2)
    form = client.request("alipay.trade.query", {"out_trade_no": "t1"})
    assert [request(client.url, form)[0] for _ in range(3)] == [500, 500, 200]
    simulator.fault("reply", "500", times=-1)
    assert {request(client.url, form)[0] for _ in range(4)} == {500}
    simulator.faults.clear()
    assert request(client.url, form)[0] == 200


@pytest.mark.parametrize(("kind", "how"), [("reply", "dance"), ("weather", "drop"), ("", "")])
def test_a_switch_that_is_not_there_is_refused(simulator, kind, how):
    assert how not in KINDS.get(kind, {})
    with pytest.raises(ValueError, match="No such fault"):
        simulator.fault(kind, how)
