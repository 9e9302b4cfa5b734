"""The open API: as faithful as the facts allow."""

import pytest
from alipay_simulator.trades import Refusal
from client import http


@pytest.mark.parametrize("by", ["post", "get", "both"])
def test_post_get_and_both_at_once_are_understood(ask, by):
    answer = ask("alipay.trade.query", {"out_trade_no": "none"}, by=by)
    assert (answer["name"], answer["code"], answer["sub_code"]) == (
        "alipay_trade_query_response",
        "40004",
        "ACQ.TRADE_NOT_EXIST",
    )
    assert answer["signed"]


@pytest.mark.parametrize(
    ("changes", "sub_code", "signed"),
    [
        ({"app_id": "1"}, "isv.invalid-app-id", False),
        ({"sign": "AAAA"}, "isv.invalid-signature", True),
        ({"sign": "%%%"}, "isv.invalid-signature", True),
        ({"sign": ""}, "isv.missing-sign", True),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type", True),
        ({"timestamp": "now"}, "isv.invalid-timestamp", True),
        ({"timestamp": None}, "isv.missing-timestamp", True),
        ({"charset": "gbk"}, "isv.invalid-charset", True),
        ({"biz_content": "{"}, "isv.invalid-parameter", True),
        ({"biz_content": "[]"}, "isv.invalid-parameter", True),
    ],
)
def test_requests_that_alipay_refuses_are_refused(ask, changes, sub_code, signed):
    answer = ask("alipay.trade.query", {"out_trade_no": "x"}, **changes)
    assert (answer["sub_code"], answer["signed"]) == (sub_code, signed)
    assert answer["code"] in ("40001", "40002")


def test_an_unknown_method_gives_error_response(ask):
    assert ask("alipay.trade.nope", {})["name"] == "error_response"


def test_a_waiting_trade_can_be_opened_again_only_unchanged_and_by_its_buyer(simulator, page):
    simulator.sign_in(page(), "anna")
    simulator.sign_in(page(), "anna")
    with pytest.raises(Refusal, match="BUYER_NOT_MATCH"):
        simulator.sign_in(page(), "bob")
    assert "CONTEXT_INCONSISTENT" in http(page(total_amount="1.00"))[1]
    assert "CONTEXT_INCONSISTENT" in http(page(subject="else"))[1]
    simulator.pay(page(), "anna")
    assert "TRADE_HAS_SUCCESS" in http(page())[1]


def test_a_trade_expires_by_its_absolute_time(simulator, page, client):
    url = page(time_expire="2099-01-01 00:00:00")
    simulator.sign_in(url)
    simulator.book.set_clock(80 * 366 * 86400)
    assert client.status() == "TRADE_CLOSED"
    with pytest.raises(Refusal, match="HAS_CLOSE"):
        simulator.pay(url)
    simulator.book.set_clock(0)
    assert "HAS_CLOSE" in http(page("t2", time_expire="2026-01-01 00:00:00"))[1]


@pytest.mark.parametrize(
    ("span", "accepted"),
    [("30m", True), ("15d", True), ("1c", True), ("16d", False), ("1.5h", False), ("0m", False), ("x", False)],
)
def test_relative_expiry_is_read_as_documented(page, span, accepted):
    assert http(page(timeout_express=span))[0] == (303 if accepted else 409)


def test_closing_cancelling_and_refunding_keep_alipays_rules(simulator, page, ask, client):
    simulator.pay(page("a"))
    assert ask("alipay.trade.close", {"out_trade_no": "a"})["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    refund = {"out_trade_no": "a", "refund_amount": "8.80", "out_request_no": "r1"}
    assert ask("alipay.trade.refund", refund)["fund_change"] == "Y"
    again = ask("alipay.trade.refund", refund)
    assert (again["fund_change"], again["refund_fee"]) == ("N", "8.80")
    assert ask("alipay.trade.refund", {**refund, "refund_amount": "9.00"})["code"] == "40004"
    without_number = ask("alipay.trade.refund", {"out_trade_no": "a", "refund_amount": "1.00"})
    assert without_number["sub_code"] == "ACQ.INVALID_PARAMETER"
    more = ask("alipay.trade.refund", {**refund, "refund_amount": "80.00", "out_request_no": "r2"})
    assert more["refund_fee"] == "88.80"
    assert client.status("a") == "TRADE_CLOSED"
    nothing = ask("alipay.trade.fastpay.refund.query", {"out_trade_no": "a", "out_request_no": "nope"})
    assert "refund_amount" not in nothing
    simulator.pay(page("b"))
    assert ask("alipay.trade.cancel", {"out_trade_no": "b"})["action"] == "refund"
    simulator.sign_in(page("c"))
    assert ask("alipay.trade.cancel", {"out_trade_no": "c"})["action"] == "close"
    assert ask("alipay.trade.cancel", {"out_trade_no": "d"})["code"] == "10000"
    simulator.pay(page("e"))
    simulator.book.finish_trade("e")
    assert ask("alipay.trade.refund", {**refund, "out_trade_no": "e"})["sub_code"] == "ACQ.TRADE_HAS_FINISHED"


@pytest.mark.parametrize(
    ("amount", "accepted"),
    [("0.01", True), ("100000000", True), ("0", False), ("-1", False), ("1.234", False), ("1e3", False), ("", False)],
)
def test_amounts_are_yuan_with_at_most_two_places(page, amount, accepted):
    assert http(page(total_amount=amount))[0] == (303 if accepted else 409)
