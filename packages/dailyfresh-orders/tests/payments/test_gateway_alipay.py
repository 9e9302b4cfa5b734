"""The adapter to Alipay: keys, words, times, amounts, and every way a call can fail."""

import base64
import json
import logging
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization as S
from cryptography.hazmat.primitives.asymmetric import rsa
from dailyfresh_orders.gateways.alipay import AlipayGateway
from dailyfresh_orders.gateways.alipay_sdk import clean, masked
from dailyfresh_orders.gateways.base import (
    BadAmount,
    CloseOutcome,
    Outcome,
    PaymentRequest,
    TradeState,
    parsed,
    written,
)
from dailyfresh_orders.gateways.keys import BadKey, key_pair, private_key, public_key
from django.core.exceptions import ImproperlyConfigured


def ask(number="n1", **changes):
    values = {
        "out_trade_no": number,
        "amount": Decimal("88.80"),
        "currency": "CNY",
        "subject": "Strawberries",
        "return_url": "http://127.0.0.1:9/r",
        "notify_url": "http://127.0.0.1:9/n",
    }
    return PaymentRequest(**{**values, **changes})


def sent(goal):
    values = {key: value[0] for key, value in parse_qs(urlsplit(goal.url).query).items()}
    return values, json.loads(values["biz_content"])


@pytest.fixture(scope="module")
def made():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def shapes(pem, der):
    """A key as people paste it."""
    body = "".join(line for line in pem.splitlines() if "-----" not in line)
    header, footer = pem.splitlines()[0], pem.splitlines()[-1]
    return {
        "pem": pem,
        "bare, as Alipay's tool gives it": base64.b64encode(der).decode(),
        "one long line between header and footer": f"{header}\n{body}\n{footer}",
        "header and body on one line": f"{header} {body} {footer}",
        "\\n from an environment variable": pem.replace("\n", "\\n"),
        "windows": "\ufeff" + pem.replace("\n", "\r\n"),
        "indented": "\n".join(f"    {line}" for line in pem.splitlines()),
        "leading newline": "\n" + pem,
    }


@pytest.mark.parametrize("form", [S.PrivateFormat.PKCS8, S.PrivateFormat.TraditionalOpenSSL])
def test_private_keys_are_read_in_every_shape_they_are_pasted_in(made, form):
    pem = made.private_bytes(S.Encoding.PEM, form, S.NoEncryption()).decode()
    der = made.private_bytes(S.Encoding.DER, form, S.NoEncryption())
    for shape, text in shapes(pem, der).items():
        assert private_key(text).private_numbers() == made.private_numbers(), shape


@pytest.mark.parametrize("form", [S.PublicFormat.SubjectPublicKeyInfo, S.PublicFormat.PKCS1])
def test_public_keys_are_read_in_every_shape_they_are_pasted_in(made, form):
    pem = made.public_key().public_bytes(S.Encoding.PEM, form).decode()
    der = made.public_key().public_bytes(S.Encoding.DER, form)
    for shape, text in shapes(pem, der).items():
        assert public_key(text).public_numbers() == made.public_key().public_numbers(), shape


def test_wrong_keys_are_refused_by_name_and_never_shown(made, tmp_path):
    private = made.private_bytes(S.Encoding.PEM, S.PrivateFormat.PKCS8, S.NoEncryption()).decode()
    public = made.public_key().public_bytes(S.Encoding.PEM, S.PublicFormat.SubjectPublicKeyInfo).decode()
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    small = short.private_bytes(S.Encoding.PEM, S.PrivateFormat.PKCS8, S.NoEncryption()).decode()
    for first, second, words in (
        (public, public, "app_private_key is a public key"),
        (private, private, "alipay_public_key is no RSA public key"),
        (private, public, "own public key"),
        (small, public, "1024 bits"),
        ("hello", public, "no RSA private key|not base64"),
        ("", public, "app_private_key"),
    ):
        with pytest.raises(BadKey, match=words) as caught:
            key_pair(first, second)
        assert private.splitlines()[1] not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"app_private_key_file": None}, "app_private_key is missing"),
        ({"app_private_key_file": "/nowhere/key.pem"}, "cannot be read"),
        ({"app_private_key": "x"}, "not both"),
        ({"seller_id": ""}, "seller_id"),
        ({"server_url": "http://openapi.alipay.com/gateway.do"}, "https"),
        ({"server_url": "http://127.0.0.2.example.com/gateway.do"}, "https"),
        ({"server_url": "http://localhost:1/gateway.do"}, "as a number"),
        ({"server_url": "https://user@openapi.alipay.com/gateway.do"}, "scheme, host and path"),
        ({"server_url": "https://openapi.alipay.com/gateway.do?x=1"}, "scheme, host and path"),
        ({"browser_url": "http://10.0.0.1/gateway.do"}, "https"),
    ],
)
def test_a_gateway_that_is_set_up_wrongly_cannot_be_made(alipay_options, pay_settings, change, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        AlipayGateway(**{**alipay_options, **change})


def test_the_buyer_is_sent_to_the_browsers_address_and_we_ask_the_servers(alipay_options, pay_settings):
    gateway = AlipayGateway(**alipay_options, browser_url="https://pay.example/gateway.do")
    assert gateway.create(ask()).url.startswith("https://pay.example/gateway.do?")
    assert gateway.origins() == ["https://pay.example"]
    assert gateway.query("n1").state == TradeState.NOT_FOUND


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
def test_requests_carry_chinas_time_wherever_the_process_lives(alipay, zone, monkeypatch):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        expires = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
        values, content = sent(alipay.create(ask(expires_at=expires)))
    finally:
        monkeypatch.undo()
        time.tzset()
    stamp = datetime.strptime(values["timestamp"], "%Y-%m-%d %H:%M:%S").timestamp()
    china = datetime.now(UTC).timestamp() + 8 * 3600
    utc_reading = datetime.strptime(values["timestamp"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    assert abs(utc_reading - china) < 5, stamp
    assert content["time_expire"] == "2026-11-23 12:30:00"


def test_a_wrong_clock_at_the_gateway_loses_nothing(simulator, alipay):
    simulator.book.set_clock(-7200)
    simulator.pay(alipay.create(ask("skewed")).url)
    assert alipay.query("skewed").state == TradeState.PAID


@pytest.mark.parametrize(
    "subject",
    [
        "{",
        "}",
        "a}b",
        "a{b",
        "}{",
        "<b>&\"'%",
        "🍓" * 50,
        "草莓" * 200,
        "a\nb\tc\x00",
        "x" * 300,
        "a/b=c&d",
        "{}",
        "\\\\u007b",
    ],
)
def test_any_name_of_goods_can_be_paid_asked_about_and_notified(alipay, simulator, subject):
    goal = alipay.create(ask("s1", subject=subject))
    simulator.pay(goal.url)
    assert alipay.query("s1").state == TradeState.PAID
    assert 1 <= len(sent(goal)[1]["subject"]) <= 128
    assert alipay.refund("s1", Decimal("1.00"), "r", subject).outcome == Outcome.DONE


def test_amounts_are_written_one_way_and_read_strictly():
    assert [written(Decimal(text)) for text in ("88.8", "1E+2", "0.01")] == ["88.80", "100.00", "0.01"]
    for wrong in (Decimal("0.001"), Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("1e9"), 1.1, "1.00", 1, None):
        with pytest.raises(BadAmount):
            written(wrong)
    assert parsed("88.8") == Decimal("88.80")
    for wrong in ("1e2", "1,00", " 1", "1 ", "１.00", "1.000", "-1", "+1", "", ".5", "5.", "NaN", None, 1.0, "0x1"):
        with pytest.raises(BadAmount):
            parsed(wrong)


@pytest.mark.parametrize(
    ("code", "sub", "refund", "close"),
    [
        ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", Outcome.REFUSED, CloseOutcome.UNKNOWN),
        ("40004", "ACQ.SYSTEM_ERROR", Outcome.UNKNOWN, CloseOutcome.UNKNOWN),
        ("40004", "AQC.SYSTEM_ERROR", Outcome.UNKNOWN, CloseOutcome.UNKNOWN),
        ("20000", "isp.unknow-error", Outcome.UNKNOWN, CloseOutcome.UNKNOWN),
        ("40004", "ACQ.TRADE_HAS_FINISHED", Outcome.REFUSED, CloseOutcome.ALREADY_PAID),
        ("40004", "ACQ.TRADE_STATUS_ERROR", Outcome.REFUSED, CloseOutcome.ALREADY_PAID),
        ("40004", "ACQ.REASON_TRADE_STATUS_INVALID", Outcome.REFUSED, CloseOutcome.ALREADY_PAID),
        ("40004", "ACQ.TRADE_HAS_CLOSE", Outcome.REFUSED, CloseOutcome.CLOSED),
        ("40004", "ACQ.TRADE_NOT_EXIST", Outcome.REFUSED, CloseOutcome.NOT_FOUND),
        ("40002", "isv.invalid-signature", Outcome.REFUSED, CloseOutcome.UNKNOWN),
        ("40006", "isv.insufficient-isv-permissions", Outcome.REFUSED, CloseOutcome.UNKNOWN),
    ],
)
def test_codes_become_one_of_three_outcomes(alipay, monkeypatch, code, sub, refund, close):
    monkeypatch.setattr(alipay._sdk, "server_api", lambda *args: {"code": code, "sub_code": sub})
    assert alipay.refund("n", Decimal("1.00"), "r").outcome == refund
    assert alipay.close("n") == close
    expected = TradeState.NOT_FOUND if sub == "ACQ.TRADE_NOT_EXIST" else TradeState.UNKNOWN
    assert alipay.query("n").state == expected


@pytest.mark.parametrize(
    "answer", [{}, {"code": "10000"}, {"code": "10000", "out_trade_no": "other", "trade_status": "TRADE_SUCCESS"}]
)
def test_an_answer_about_something_else_is_no_answer(alipay, monkeypatch, answer):
    monkeypatch.setattr(alipay._sdk, "server_api", lambda *args: answer)
    assert alipay.query("n").state == TradeState.UNKNOWN


@pytest.mark.parametrize(
    "how",
    ["drop", "refuse", "500", "500-before", "garbage", "html", "20000", "20000-after", "bad-signature", "unsigned"],
)
def test_whatever_fails_on_the_way_is_unknown_and_the_truth_can_be_asked_for_afterwards(alipay, simulator, how):
    simulator.pay(alipay.create(ask("f1")).url)
    simulator.fault("reply", how)
    assert alipay.query("f1").state == TradeState.UNKNOWN
    simulator.fault("reply", how)
    assert alipay.refund("f1", Decimal("8.80"), "r1").outcome == Outcome.UNKNOWN
    simulator.fault("reply", how)
    assert alipay.query_refund("f1", "r1").outcome == Outcome.UNKNOWN
    happened = how not in ("refuse", "500-before", "html", "20000")
    assert alipay.query_refund("f1", "r1").outcome == (Outcome.DONE if happened else Outcome.REFUSED)
    again = alipay.refund("f1", Decimal("8.80"), "r1").outcome
    assert again == (Outcome.UNKNOWN if happened else Outcome.DONE)
    assert simulator.book.must("f1").refunded == 880


def test_a_refund_without_fund_change_is_not_done_until_asked(alipay, simulator):
    simulator.pay(alipay.create(ask("u1")).url)
    simulator.fault("refund", "unchanged")
    assert alipay.refund("u1", Decimal("1.00"), "r1").outcome == Outcome.UNKNOWN
    assert alipay.query_refund("u1", "r1").outcome == Outcome.DONE
    simulator.fault("refund", "pending")
    assert alipay.refund("u1", Decimal("1.00"), "r2").outcome == Outcome.UNKNOWN
    assert alipay.query_refund("u1", "r2").code == "not_found"


def test_nothing_listening_is_unknown(alipay_options, pay_settings):
    gateway = AlipayGateway(**{**alipay_options, "server_url": "http://127.0.0.1:9/gateway.do"})
    assert gateway.query("n").state == TradeState.UNKNOWN
    assert gateway.close("n") == CloseOutcome.UNKNOWN


def test_another_key_of_alipays_makes_every_answer_unknown(alipay_options, pay_settings, made):
    public = made.public_key().public_bytes(S.Encoding.PEM, S.PublicFormat.SubjectPublicKeyInfo).decode()
    gateway = AlipayGateway(**{**alipay_options, "alipay_public_key_file": None, "alipay_public_key": public})
    assert gateway.query("n").state == TradeState.UNKNOWN
    assert gateway.refund("n", Decimal("1.00"), "r").outcome == Outcome.UNKNOWN


def test_proxies_of_the_environment_and_redirects_are_not_followed(alipay, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert alipay.query("n").state == TradeState.NOT_FOUND


def test_the_sites_logging_is_as_it_was_after_the_sdk_is_loaded(tmp_path):
    """In a process of its own: the SDK configures logging when it is imported, and closes what is open."""
    script = tmp_path / "script.py"
    script.write_text(
        f"""
import logging
handler = logging.FileHandler({str(tmp_path / "site.log")!r}, mode="w")
logging.getLogger().addHandler(handler)
from django.conf import settings
settings.configure()
import dailyfresh_orders.gateways.alipay
logging.warning("still here")
import alipay
assert logging.getLogger("python-alipay-sdk").handlers == [], "the SDK added a handler"
"""
    )
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "default"}
    )
    assert done.returncode == 0, done.stderr
    assert "still here" in (tmp_path / "site.log").read_text()


def test_the_private_name_that_we_override_is_still_there():
    """`_gateway` and `_verify_and_return_sync_response` belong to the SDK; an update that moves them must be seen here."""
    from alipay import AliPay

    assert hasattr(AliPay, "_verify_and_return_sync_response")
    assert "_gateway" in AliPay.__init__.__code__.co_names or "_gateway" in AliPay.__mro__[1].__init__.__code__.co_names


def test_no_log_line_shows_the_sdks_bodies(alipay, caplog):
    caplog.set_level(logging.DEBUG)
    alipay.query("n")
    assert "biz_content" not in caplog.text


def test_small_helpers():
    assert masked("13800138000") == "138***00"
    assert masked("csq***@sandbox.com") == "csq***@sandbox.com"
    assert clean("a {b} c", 256) == "a b c"
