"""The simulator: as faithful as the facts allow, of use to other people's clients, and no danger to anybody."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

import pytest
from alipay_simulator import Simulator
from alipay_simulator.keys import ALIPAY_PUBLIC, APP_ID, APP_PRIVATE, signed_text
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from dailyfresh_orders.gateways.base import PaymentRequest, TradeState


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = build_opener(ProxyHandler({}), NoRedirect)


def http(url, form=None, **headers):
    """(status, body, headers) of one request, redirects not followed."""
    try:
        answer = OPENER.open(Request(url, urlencode(form).encode() if form is not None else None, headers), timeout=10)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode(), answer.headers


@pytest.fixture
def call(simulator, key_folder):
    """A client of our own, independent of the SDK: signs, posts, and checks the signature over the very bytes."""
    private = serialization.load_pem_private_key((key_folder / APP_PRIVATE).read_bytes(), None)
    public = serialization.load_pem_public_key((key_folder / ALIPAY_PUBLIC).read_bytes())

    def sign(params):
        text = signed_text(params, leave_out={"sign"})
        return base64.b64encode(private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()

    def ask(method, content, get=False, split=False, **changes):
        params = {
            "app_id": APP_ID,
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2026-11-23 12:00:00",
            "version": "1.0",
            "biz_content": json.dumps(content),
            **changes,
        }
        params = {key: value for key, value in params.items() if value is not None}
        params.setdefault("sign", sign(params))
        if get:
            status, body, _ = http(f"{simulator.url}?{urlencode(params)}")
        elif split:
            content = {"biz_content": params.pop("biz_content")}
            status, body, _ = http(f"{simulator.url}?{urlencode(params)}", content)
        else:
            status, body, _ = http(simulator.url, params)
        assert status == 200
        found = re.fullmatch(r'\{"(\w+_response)":(\{.*\})(?:,"sign":"([^"]+)")?\}', body)
        name, text, signature = found.groups()
        if signature:
            public.verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"name": name, "signed": bool(signature), **json.loads(text)}

    return ask


@pytest.fixture
def page(alipay):
    def make(number="t1", **changes):
        values = {
            "out_trade_no": number,
            "amount": Decimal("88.80"),
            "currency": "CNY",
            "subject": "草莓 {樱桃}",
            "return_url": "http://127.0.0.1:9/back",
            "notify_url": "http://127.0.0.1:9/notify",
        }
        return alipay.create(PaymentRequest(**{**values, **changes})).url

    return make


@pytest.mark.parametrize("how", [{}, {"get": True}, {"split": True}])
def test_post_get_and_both_at_once_are_understood(call, how):
    answer = call("alipay.trade.query", {"out_trade_no": "none"}, **how)
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
def test_requests_that_alipay_refuses_are_refused(call, changes, sub_code, signed):
    answer = call("alipay.trade.query", {"out_trade_no": "x"}, **changes)
    assert (answer["sub_code"], answer["signed"]) == (sub_code, signed)
    assert answer["code"] in ("40001", "40002")


def test_an_unknown_method_gives_error_response(call):
    assert call("alipay.trade.nope", {})["name"] == "error_response"


def test_a_trade_begins_with_the_first_press_and_is_paid_by_the_second_without_javascript(simulator, page, alipay):
    url = page()
    status, _body, headers = http(url)
    cashier = simulator.origin + headers["Location"]
    assert status == 303
    status, body, headers = http(cashier)
    assert "SIMULATOR" in body
    assert "<script" not in body
    assert "form-action 'self' http://127.0.0.1:9" in headers["Content-Security-Policy"]
    assert alipay.query("t1").state == TradeState.NOT_FOUND
    assert http(f"{cashier}pay", {"act": "pay"})[0] == 409
    assert http(f"{cashier}sign-in", {"account": "anna"})[0] == 303
    assert alipay.query("t1").state == TradeState.WAITING
    assert http(f"{cashier}pay", {"act": "fail"})[0] == 409
    assert alipay.query("t1").state == TradeState.WAITING
    status, _body, headers = http(f"{cashier}pay", {"act": "pay", "by": "card"})
    assert status == 303
    assert headers["Location"].startswith("http://127.0.0.1:9/back?")
    assert "trade_status" not in headers["Location"]
    assert alipay.query("t1").state == TradeState.PAID
    assert http(f"{cashier}pay", {"act": "pay"})[0] == 409
    assert "Paid" in http(cashier, **{"Accept-Language": "en"})[1]


def test_a_waiting_trade_can_be_opened_again_only_unchanged_and_by_its_buyer(simulator, page):
    simulator.sign_in(page(), "anna")
    simulator.sign_in(page(), "anna")
    with pytest.raises(Exception, match="BUYER_NOT_MATCH"):
        simulator.sign_in(page(), "bob")
    assert "CONTEXT_INCONSISTENT" in http(page(amount=Decimal("1.00")))[1]
    assert "CONTEXT_INCONSISTENT" in http(page(subject="else"))[1]
    simulator.pay(page(), "anna")
    assert "TRADE_HAS_SUCCESS" in http(page())[1]


def test_a_trade_expires_by_its_absolute_time(simulator, page, alipay):
    url = page(expires_at=datetime.now(UTC) + timedelta(seconds=90))
    simulator.sign_in(url)
    simulator.book.set_clock(120)
    assert alipay.query("t1").state == TradeState.CLOSED
    with pytest.raises(Exception, match="HAS_CLOSE"):
        simulator.pay(url)
    assert "HAS_CLOSE" in http(page("t2", expires_at=datetime.now(UTC) + timedelta(seconds=1)))[1]
    simulator.book.set_clock(0)


@pytest.mark.parametrize(
    ("span", "accepted"),
    [("30m", True), ("15d", True), ("1c", True), ("16d", False), ("1.5h", False), ("0m", False), ("x", False)],
)
def test_relative_expiry_is_read_as_documented(simulator, span, accepted):
    from alipay_simulator.book import Refusal

    content = {"out_trade_no": "x", "subject": "s", "total_amount": "1.00", "product_code": "FAST_INSTANT_TRADE_PAY"}
    try:
        simulator.api.order({"method": "alipay.trade.page.pay"}, {**content, "timeout_express": span})
    except Refusal:
        assert not accepted
    else:
        assert accepted


def test_closing_cancelling_and_refunding_keep_alipays_rules(simulator, page, call):
    simulator.pay(page("a"))
    assert call("alipay.trade.close", {"out_trade_no": "a"})["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    refund = {"out_trade_no": "a", "refund_amount": "8.80", "out_request_no": "r1"}
    assert call("alipay.trade.refund", refund)["fund_change"] == "Y"
    again = call("alipay.trade.refund", refund)
    assert (again["fund_change"], again["refund_fee"]) == ("N", "8.80")
    assert call("alipay.trade.refund", {**refund, "refund_amount": "9.00"})["code"] == "40004"
    assert (
        call("alipay.trade.refund", {"out_trade_no": "a", "refund_amount": "1.00"})["sub_code"]
        == "ACQ.INVALID_PARAMETER"
    )
    more = call("alipay.trade.refund", {**refund, "refund_amount": "80.00", "out_request_no": "r2"})
    assert more["refund_fee"] == "88.80"
    assert call("alipay.trade.query", {"out_trade_no": "a"})["trade_status"] == "TRADE_CLOSED"
    assert "refund_amount" not in call(
        "alipay.trade.fastpay.refund.query", {"out_trade_no": "a", "out_request_no": "nope"}
    )
    simulator.pay(page("b"))
    assert call("alipay.trade.cancel", {"out_trade_no": "b"})["action"] == "refund"
    simulator.sign_in(page("c"))
    assert call("alipay.trade.cancel", {"out_trade_no": "c"})["action"] == "close"
    assert call("alipay.trade.cancel", {"out_trade_no": "d"})["code"] == "10000"
    simulator.pay(page("e"))
    simulator.book.finish_trade("e")
    assert call("alipay.trade.refund", {**refund, "out_trade_no": "e"})["sub_code"] == "ACQ.TRADE_HAS_FINISHED"


@pytest.fixture
def merchant():
    """A merchant's server: keeps what it is notified of, and answers what the test wants."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))
            body = (answers.pop(0) if answers else "success").encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/n", got, answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_notify_is_delivered_again_under_the_same_id_until_it_is_answered_success(simulator, page, merchant, until):
    url, got, answers = merchant
    answers += ["fail", " success", "<html>success</html>"]
    simulator.pay(page(notify_url=url))
    assert until(lambda: len(got) == 4)
    assert len({fields["notify_id"] for fields in got}) == 1
    assert all(value for value in got[0].values())
    time.sleep(0.2)
    assert len(got) == 4
    simulator.courier.resend("t1")
    assert until(lambda: len(got) == 5)


def test_only_success_and_its_refunds_are_notified(simulator, page, merchant, until):
    url, got, _answers = merchant
    trade = simulator.pay(page(notify_url=url))
    assert until(lambda: len(got) == 1)
    trade, _moved = simulator.book.refund(trade, 100, "r1", "")
    simulator.courier.announce(trade, refund_no="r1")
    assert until(lambda: len(got) == 2)
    assert (got[1]["trade_status"], got[1]["refund_fee"], got[1]["out_biz_no"]) == ("TRADE_SUCCESS", "1.00", "r1")
    assert "gmt_refund" in got[1]
    assert "gmt_refund" not in got[0]
    simulator.sign_in(page("w", notify_url=url))
    simulator.book.close_trade(simulator.book.must("w"))
    time.sleep(0.2)
    assert len(got) == 2


@pytest.mark.parametrize(
    ("how", "check"),
    [
        ("twice", lambda got: len(got) == 2),
        ("tamper", lambda got: got and got[0]["total_amount"] == "88.81"),
        ("amount", lambda got: got and got[0]["total_amount"] == "89.80"),
        ("seller", lambda got: got and got[0]["seller_id"] == "2088999999999999"),
        ("app", lambda got: got and got[0]["app_id"] == "9021999999999999"),
        ("forge", lambda got: len(got) == 1),
        ("early", lambda got: len(got) == 1),
    ],
)
def test_every_switch_of_a_notify_works(simulator, page, merchant, until, how, check):
    url, got, _answers = merchant
    simulator.fault("notify", how)
    simulator.pay(page(notify_url=url))
    assert until(lambda: check(got))


def test_a_notify_can_be_dropped_and_delayed(simulator, page, merchant, until):
    url, got, _answers = merchant
    simulator.fault("notify", "drop")
    simulator.pay(page(notify_url=url))
    simulator.fault("notify", "delay", value=0.4)
    simulator.pay(page("t2", notify_url=url))
    assert got == []
    assert until(lambda: len(got) == 1)
    assert got[0]["out_trade_no"] == "t2"


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
def test_it_delivers_to_loopback_addresses_only(simulator, page, target):
    simulator.pay(page(notify_url=target))
    [row] = simulator.book.rows("SELECT due, tries FROM notice")
    assert tuple(row) == (None, 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "8.8.8.8"])
def test_it_listens_on_loopback_addresses_only(tmp_path, host):
    with pytest.raises(ValueError, match="no loopback"):
        Simulator(tmp_path, host=host)


def test_other_sites_cannot_reach_its_desk(simulator):
    assert http(f"{simulator.origin}/", Host="evil.example")[0] == 403
    assert http(f"{simulator.origin}/fault", {"clear": "1"}, Origin="http://evil.example")[0] == 403
    assert http(f"{simulator.origin}/fault", {"clear": "1"}, Origin="null")[0] == 403
    assert http(f"{simulator.origin}/cashier/{'0' * 32}/")[0] == 404
    assert http(f"{simulator.origin}/nowhere")[0] == 404


def test_the_desk_switches_faults_and_acts_on_trades(simulator, page, alipay):
    simulator.pay(page())
    desk = http(f"{simulator.origin}/", **{"Accept-Language": "en"})[1]
    assert "t1" in desk
    assert (
        http(f"{simulator.origin}/fault", {"fault": "reply 500", "times": "2", "method": "alipay.trade.query"})[0]
        == 303
    )
    assert "reply 500" in http(f"{simulator.origin}/")[1]
    assert alipay.query("t1").state == TradeState.UNKNOWN
    http(f"{simulator.origin}/fault", {"clear": "1"})
    assert alipay.query("t1").state == TradeState.PAID
    assert http(f"{simulator.origin}/fault", {"fault": "no such"})[0] == 400
    http(f"{simulator.origin}/trade", {"out_trade_no": "t1", "act": "finish"})
    assert alipay.query("t1").state == TradeState.FINISHED
    http(f"{simulator.origin}/fault", {"kind": "clock", "value": "-3600"})
    assert simulator.book.offset == -3600
    state = json.loads(http(f"{simulator.origin}/state.json")[1])
    assert state["trades"][0]["status"] == "TRADE_FINISHED"


def test_everything_survives_a_restart(key_folder, tmp_path):
    with Simulator(tmp_path) as first:
        first.keys.sign("x")
        with first.book._write() as db:
            db.execute("INSERT INTO purse VALUES ('anna', 5)")
        first.book.set_clock(7)
        public = (tmp_path / ALIPAY_PUBLIC).read_bytes()
    with Simulator(tmp_path) as second:
        assert second.book.purse("anna") == 5
        assert second.book.offset == 7
        assert (tmp_path / ALIPAY_PUBLIC).read_bytes() == public
    assert oct((tmp_path / APP_PRIVATE).stat().st_mode)[-3:] == "600"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_runs_as_a_module_without_a_site_and_stops_when_told(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "alipay_simulator", "--port", str(port), "--dir", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
    )
    try:
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said
        assert "SIMULATOR" in http(f"http://127.0.0.1:{port}/")[1]
        assert (tmp_path / APP_PRIVATE).exists()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
        process.stderr.close()
