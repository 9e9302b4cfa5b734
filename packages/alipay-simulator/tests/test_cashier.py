"""What a buyer sees, and a developer at the desk: pages without JavaScript, in two languages."""

import json
from gettext import GNUTranslations

import pytest
from alipay_simulator.pages import CATALOGUE, HERE
from client import http
from jinja2 import Environment
from jinja2.ext import extract_from_ast

ENGLISH = {"Accept-Language": "en"}


def test_a_trade_begins_with_the_first_press_and_is_paid_by_the_second_without_javascript(simulator, page, client):
    status, _body, headers = http(page())
    cashier = simulator.origin + headers["Location"]
    assert status == 303
    status, body, headers = http(cashier)
    assert "SIMULATOR" in body
    assert "<script" not in body
    assert "form-action 'self' http://127.0.0.1:9" in headers["Content-Security-Policy"]
    assert client.status() == "ACQ.TRADE_NOT_EXIST"
    assert http(f"{cashier}pay", {"act": "pay"})[0] == 409
    assert http(f"{cashier}sign-in", {"account": "anna"})[0] == 303
    assert client.status() == "WAIT_BUYER_PAY"
    assert http(f"{cashier}pay", {"act": "fail"})[0] == 409
    assert client.status() == "WAIT_BUYER_PAY"
    status, _body, headers = http(f"{cashier}pay", {"act": "pay", "by": "card"})
    assert status == 303
    assert headers["Location"].startswith("http://127.0.0.1:9/back?")
    assert "trade_status" not in headers["Location"]
    assert client.status() == "TRADE_SUCCESS"
    assert http(f"{cashier}pay", {"act": "pay"})[0] == 409
    assert "Paid" in http(cashier, **ENGLISH)[1]


def test_a_buyer_can_go_back_unpaid_and_can_pay_without_the_merchant_hearing_of_it(simulator, page, client):
    cashier = simulator.origin + http(page())[2]["Location"]
    http(f"{cashier}sign-in", {"account": "anna"})
    assert http(f"{cashier}pay", {"act": "cancel"})[2]["Location"].startswith("http://127.0.0.1:9/back?")
    assert client.status() == "WAIT_BUYER_PAY"
    simulator.fault("notify", "early")
    status, body, _headers = http(f"{cashier}pay", {"act": "timeout"}, **ENGLISH)
    assert (status, "Paid" in body, client.status()) == (200, True, "TRADE_SUCCESS")
    [notice] = simulator.notices("t1")
    assert (notice.due, notice.tries) == (None, 0)
    assert simulator.faults.on()  # not used up by what was not told


def test_a_balance_that_is_not_enough_pays_nothing_and_a_card_pays_still(simulator, page, client):
    cashier = simulator.origin + http(page(total_amount="10000.01"))[2]["Location"]
    http(f"{cashier}sign-in", {"account": "anna"})
    assert "BUYER_BALANCE_NOT_ENOUGH" in http(f"{cashier}pay", {"by": "balance"})[1]
    assert client.status() == "WAIT_BUYER_PAY"
    assert http(f"{cashier}pay", {"by": "card"})[0] == 303
    assert client.status() == "TRADE_SUCCESS"


def test_names_of_goods_cannot_bring_markup_into_the_page(simulator, page):
    cashier = simulator.origin + http(page(subject="<b>&\"'"))[2]["Location"]
    assert "&lt;b&gt;&amp;&#34;&#39;" in http(cashier)[1]


def test_pages_are_chinese_unless_the_browser_asks_for_english_first(simulator):
    assert '<html lang="zh-hans">' in http(f"{simulator.origin}/")[1]
    assert "控制台" in http(f"{simulator.origin}/", **{"Accept-Language": "fr,en"})[1]
    assert "Switch a fault on" in http(f"{simulator.origin}/", **{"Accept-Language": "en-GB,zh"})[1]


def test_every_sentence_of_the_pages_has_its_chinese_and_no_other_has():
    """The catalogue is `alipay_simulator.po`; `msgfmt -o alipay_simulator.mo alipay_simulator.po` compiles it."""
    said = {
        text
        for template in (HERE / "templates").iterdir()
        for _line, _function, text in extract_from_ast(Environment().parse(template.read_text()))
    }
    with CATALOGUE.open("rb") as file:
        known = {text: chinese for text, chinese in GNUTranslations(file)._catalog.items() if text}
    assert set(known) == said
    assert all(known.values())


def test_the_desk_switches_faults_and_acts_on_trades(simulator, page, client):
    simulator.pay(page())
    assert "t1" in http(f"{simulator.origin}/")[1]
    fault = {"fault": "reply 500", "times": "2", "method": "alipay.trade.query"}
    assert http(f"{simulator.origin}/fault", fault)[0] == 303
    assert "reply 500" in http(f"{simulator.origin}/")[1]
    assert http(simulator.url, client.request("alipay.trade.query", {"out_trade_no": "t1"}))[0] == 500
    http(f"{simulator.origin}/fault", {"clear": "1"})
    assert client.status() == "TRADE_SUCCESS"
    http(f"{simulator.origin}/trade", {"out_trade_no": "t1", "act": "finish"})
    assert client.status() == "TRADE_FINISHED"
    simulator.sign_in(page("t2"))
    http(f"{simulator.origin}/trade", {"out_trade_no": "t2", "act": "close"})
    assert client.status("t2") == "TRADE_CLOSED"
    http(f"{simulator.origin}/fault", {"kind": "clock", "value": "-3600"})
    assert simulator.book.offset == -3600
    state = json.loads(http(f"{simulator.origin}/state.json")[1])
    assert {trade["out_trade_no"]: trade["status"] for trade in state["trades"]} == {
        "t1": "TRADE_FINISHED",
        "t2": "TRADE_CLOSED",
    }
    assert state["calls"][-1] == "alipay.trade.query"


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/fault", {"fault": "no such"}),
        ("/fault", {"fault": "reply drop", "times": "often"}),
        ("/fault", {"kind": "clock", "value": "soon"}),
        ("/trade", {"out_trade_no": "t1", "act": "dance"}),
    ],
)
def test_the_desk_says_what_it_does_not_understand(simulator, path, form):
    assert http(f"{simulator.origin}{path}", form)[0] == 400
    assert simulator.faults.on() == []
