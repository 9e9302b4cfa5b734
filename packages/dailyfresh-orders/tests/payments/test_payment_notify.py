"""What a notify can do to the books, and what it cannot."""

import json
import logging
import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import pytest
from dailyfresh_core.db.retrying import Busy
from dailyfresh_orders.models import Message, Notice, Order, Payment, PaymentLog, Refund
from dailyfresh_orders.services import ask, finish_cancel, request_cancel, sweep, sweep_refunds
from dailyfresh_orders.signals import order_moved, payment_disputed
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

ADDRESS = "dailyfresh_orders:alipay_notify"


def books(order):
    order.refresh_from_db()
    return order.state, [payment.state for payment in order.payments.order_by("pk")]


def nothing_happened(order):
    return books(order) == ("awaiting_payment", ["pending"]) and not PaymentLog.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f.pop("sign"),
        lambda f: f.update(sign=""),
        lambda f: f.update(sign="abc"),
        lambda f: f.update(sign="AAAA"),
        lambda f: f.update(sign="!!! no base64 ???"),
        lambda f: f.update(sign=f["sign"][:-4]),
        lambda f: f.update(total_amount="0.01"),
        lambda f: f.update(trade_status="TRADE_FINISHED"),
        lambda f: f.update(extra="1"),
        lambda f: f.update(sign_type="RSA"),
        lambda f: f.update(sign_type="MD5"),
        lambda f: f.pop("sign_type"),
    ],
)
def test_a_notify_without_alipays_signature_changes_nothing_and_is_no_error_page(order, signed_notify, notify, change):
    fields = signed_notify()
    change(fields)
    assert notify(fields) == "fail"
    assert nothing_happened(order)


def test_a_notify_signed_with_another_key_changes_nothing(order, pay_page, simulator, deliver):
    simulator.fault("notify", "forge")
    simulator.pay(pay_page(order))
    assert deliver() == ["fail"]
    assert nothing_happened(order)


def test_forged_notifies_are_logged_once_a_minute_for_each_reason(order, signed_notify, notify, caplog):
    fields = signed_notify() | {"total_amount": "0.01"}
    for _ in range(5):
        notify(fields)
    assert sum("rejected" in record.message for record in caplog.records) <= 1


@pytest.mark.parametrize("charset", ["gbk", "GBK", "utf-16", ""])
def test_another_charset_is_rejected(order, signed_notify, notify, charset):
    assert notify(signed_notify(charset=charset or None)) == "fail"
    assert nothing_happened(order)


def test_a_key_that_comes_twice_is_rejected_before_anything_is_verified(order, signed_notify, notify):
    assert notify(urlencode(signed_notify()) + "&total_amount=0.01") == "fail"
    assert notify("total_amount=0.01&" + urlencode(signed_notify())) == "fail"
    assert nothing_happened(order)


def test_a_huge_body_json_and_get_are_rejected(order, signed_notify, notify, client):
    assert notify(urlencode(signed_notify()) + "&body=" + "x" * 100_000) == "fail"
    assert notify(urlencode(signed_notify()) + "&body=" + "x" * 20_000) == "fail"
    assert notify("&".join(f"k{n}=1" for n in range(3000))) == "fail"
    url = reverse(ADDRESS)
    assert Client().post(url, json.dumps(signed_notify()), content_type="application/json").content == b"fail"
    assert Client().get(url, signed_notify()).content == b"fail"
    assert Client().post(url, signed_notify()).content == b"fail"  # multipart
    assert nothing_happened(order)


def test_a_notify_that_was_settled_is_acknowledged_again_and_again_and_changes_nothing(order, signed_notify, notify):
    fields = signed_notify()
    assert [notify(fields) for _ in range(4)] == ["success"] * 4
    before = books(order)
    Payment.objects.update(paid_at=timezone.now() - timedelta(days=200))
    assert notify(fields) == "success"
    assert books(order) == before == ("to_ship", ["paid"])
    assert PaymentLog.objects.count() == 1
    assert Notice.objects.get().times == 5


@pytest.mark.parametrize(
    "amount", ["0.01", "60.99", "61.01", "610.00", "1e2", "61", "61.0", "061.00", "６１.00", "61,00", "-61.00", ""]
)
def test_another_amount_is_disputed_and_pays_nothing(order, signed_notify, notify, amount):
    told = []
    payment_disputed.connect(lambda **kwargs: told.append(kwargs["note"]), weak=False, dispatch_uid="test")
    try:
        assert notify(signed_notify(total_amount=amount or None)) == "success"
    finally:
        payment_disputed.disconnect(dispatch_uid="test")
    if amount in ("61", "61.0", "061.00"):
        assert books(order) == ("to_ship", ["paid"])  # the same amount, written otherwise
    else:
        assert books(order) == ("awaiting_payment", ["disputed"])
        assert PaymentLog.objects.get().alarm


@pytest.mark.parametrize(
    "changes",
    [
        {"app_id": "9021999999999999"},
        {"auth_app_id": "9021999999999999"},
        {"seller_id": "2088999999999999"},
        {"seller_id": None},
        {"app_id": None},
        {"out_trade_no": None},
        {"trade_status": "TRADE_PENDING"},
        {"trade_status": None},
        {"notify_type": "fund_transfer"},
        {"gmt_payment": "yesterday"},
    ],
)
def test_a_signed_notify_that_is_not_meant_for_this_shop_is_rejected(order, signed_notify, notify, changes):
    assert notify(signed_notify(**changes)) == "fail"
    assert nothing_happened(order)


def test_a_notify_about_a_number_that_is_not_in_the_books_fails_so_that_it_comes_again(
    order, signed_notify, notify, caplog
):
    fields = signed_notify(out_trade_no="262626_1")
    assert notify(fields) == "fail"
    assert "not in the books" in caplog.text
    assert nothing_happened(order)


def test_another_trade_number_than_the_one_known_is_disputed(order, pay_page, signed_notify, notify, simulator):
    simulator.sign_in(pay_page(order))
    ask(order.payments.get())
    assert order.payments.get().trade_no
    assert notify(signed_notify(trade_no="2026000000000000000000000099")) == "success"
    assert books(order) == ("awaiting_payment", ["disputed"])


def test_a_trade_that_has_paid_one_order_does_not_pay_another(
    order, make_order, apple, pay_page, signed_notify, notify
):
    notify(signed_notify())
    other = make_order({apple: 1}, payment_method="alipay")
    pay_page(other)
    number = other.payments.get().out_trade_no
    assert notify(signed_notify(out_trade_no=number, total_amount=f"{other.total:.2f}", notify_id="n2")) == "success"
    assert books(other) == ("awaiting_payment", ["disputed"])
    assert books(order) == ("to_ship", ["paid"])


def test_a_coupon_that_alipay_pays_for_leaves_the_order_paid(order, signed_notify, notify):
    assert notify(signed_notify(buyer_pay_amount="51.00", receipt_amount="61.00", invoice_amount="51.00")) == "success"
    assert books(order) == ("to_ship", ["paid"])


def test_the_notify_of_a_partial_refund_is_no_second_payment(paid, signed_notify, notify):
    trade = paid.payments.get().trade_no
    fields = signed_notify(
        trade_no=trade, refund_fee="5.50", gmt_refund="2026-11-23 12:30:00.123", out_biz_no="elsewhere", notify_id="n9"
    )
    moved = []
    order_moved.connect(lambda **kwargs: moved.append(kwargs), weak=False, dispatch_uid="test")
    assert notify(fields) == "success"
    order_moved.disconnect(dispatch_uid="test")
    assert moved == []
    payment = paid.payments.get()
    assert (payment.state, payment.refunded, payment.refunded_there) == ("paid", Decimal("0.00"), Decimal("5.50"))
    assert books(paid) == ("to_ship", ["paid"])


def test_closed_means_unpaid_or_given_back_by_what_else_the_notify_says(
    order, signed_notify, notify, make_order, apple
):
    assert notify(signed_notify(trade_status="TRADE_CLOSED", gmt_payment=None)) == "success"
    assert books(order) == ("awaiting_payment", ["closed"])


def test_closed_after_a_refund_elsewhere_is_given_back_and_not_unpaid(paid, signed_notify, notify):
    fields = signed_notify(
        trade_no=paid.payments.get().trade_no,
        trade_status="TRADE_CLOSED",
        refund_fee="61.00",
        gmt_refund="2026-11-23 12:30:00",
        out_biz_no="elsewhere",
    )
    assert notify(fields) == "success"
    assert books(paid) == ("to_ship", ["refunded"])
    assert PaymentLog.objects.filter(alarm=True).count() == 1


def test_a_contradiction_that_is_delivered_again_alarms_nobody_again(paid, signed_notify, notify):
    for _again in range(4):
        assert notify(signed_notify(total_amount="0.01")) == "success"
    assert PaymentLog.objects.filter(alarm=True).count() == 1
    assert Message.objects.filter(event=Message.Event.DISPUTE).count() == 1
    notify(signed_notify(total_amount="0.02"))
    assert Message.objects.filter(event=Message.Event.DISPUTE).count() == 2


def test_closed_without_a_refund_contradicts_a_payment_and_changes_nothing(paid, signed_notify, notify):
    fields = signed_notify(trade_no=paid.payments.get().trade_no, trade_status="TRADE_CLOSED", gmt_payment=None)
    assert notify(fields) == "success"
    assert books(paid) == ("to_ship", ["paid"])
    assert PaymentLog.objects.filter(alarm=True).count() == 1


def test_finished_pays_when_it_is_the_first_word_and_ends_refunds_when_it_is_the_last(order, signed_notify, notify):
    assert notify(signed_notify(trade_status="TRADE_FINISHED")) == "success"
    assert books(order) == ("to_ship", ["paid"])
    assert not order.payments.get().refundable


def test_finished_months_later_only_ends_refunds(paid, signed_notify, notify):
    trade = paid.payments.get().trade_no
    assert notify(signed_notify(trade_no=trade, trade_status="TRADE_FINISHED", notify_id="n8")) == "success"
    assert books(paid) == ("to_ship", ["paid"])
    assert not paid.payments.get().refundable


def test_waiting_changes_nothing_but_the_number_of_the_trade(order, signed_notify, notify):
    assert notify(signed_notify(trade_status="WAIT_BUYER_PAY", gmt_payment=None)) == "success"
    assert books(order) == ("awaiting_payment", ["pending"])
    assert order.payments.get().trade_no
    assert not PaymentLog.objects.exists()


def test_a_notify_before_the_return_and_a_return_before_the_notify_come_to_the_same(
    shop, order, pay_page, simulator, deliver
):
    simulator.fault("notify", "drop")
    trade = simulator.pay(pay_page(order))
    back = simulator.return_url(trade.order).split("?", 1)[1]
    assert deliver() == ["success"]
    page = reverse("dailyfresh_orders:pay_wait", args=[order.number])
    assert shop.get(f"{reverse('dailyfresh_orders:alipay_return')}?{back}").url == page + "?back"
    assert shop.get(page).context["state"] == "paid"
    assert deliver() == ["success"]
    assert PaymentLog.objects.count() == 1


def test_a_notify_that_cannot_be_settled_fails_and_its_redelivery_settles(order, signed_notify, notify, monkeypatch):
    fields = signed_notify()

    def busy(*args, **kwargs):
        raise Busy("five deadlocks")

    with monkeypatch.context() as patched:
        patched.setattr("dailyfresh_orders.views.payments.settle", busy)
        assert notify(fields) == "fail"
    assert nothing_happened(order)
    assert notify(fields) == "success"
    assert books(order) == ("to_ship", ["paid"])


def test_a_failure_inside_the_settlement_leaves_neither_half(order, signed_notify, notify, monkeypatch):
    fields = signed_notify()

    def broken(**kwargs):
        Order.objects.filter(pk=kwargs["order_id"]).update(state="to_ship")
        raise RuntimeError("killed here")

    strange = Client(raise_request_exception=False)
    with monkeypatch.context() as patched:
        patched.setattr("dailyfresh_orders.services.payments.settling.mark_paid", broken)
        answer = strange.post(reverse(ADDRESS), urlencode(fields), content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 500
    assert nothing_happened(order)
    assert notify(fields) == "success"


def test_an_acknowledgement_that_was_lost_is_repeated_for_the_redelivery(order, pay_page, simulator, deliver):
    simulator.fault("notify", "twice")
    simulator.pay(pay_page(order))
    assert deliver() == ["success", "success"]
    assert books(order) == ("to_ship", ["paid"])
    assert Notice.objects.get().times == 2


def test_money_that_arrives_after_the_order_is_over_goes_back_by_itself_once(
    order, signed_notify, notify, simulator, pay_page, apple
):
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    request_cancel(order.pk, by="test")
    Payment.objects.update(state="closed")
    finish_cancel(order.pk, by="test")
    trade = simulator.book.trades()[0]
    fields = signed_notify(trade_no=trade.trade_no)
    assert notify(fields) == notify(fields) == "success"
    assert books(order) == ("cancelled", ["late_paid"])
    refund = Refund.objects.get()
    assert (refund.kind, refund.amount, refund.out_request_no) == ("late", order.total, f"{order.number}_1_back")
    sweep_refunds()
    sweep_refunds()
    assert books(order) == ("cancelled", ["refunded"])
    assert simulator.book.must(f"{order.number}_1").refunded == 6100
    apple.refresh_from_db()
    assert apple.pieces == 10  # released once, by the cancellation
    assert simulator.api.calls.count("alipay.trade.refund") == 1


def test_an_order_paid_twice_keeps_the_first_payment_and_returns_the_second(
    order, pay_page, simulator, deliver, settings
):
    simulator.fault("notify", "drop", times=2)
    first = pay_page(order)
    simulator.sign_in(first)
    Payment.objects.update(state="closed")  # an attempt given up, its page still open
    second = pay_page(order)
    simulator.pay(second)
    simulator.pay(first)
    assert [payment.attempt for payment in order.payments.order_by("pk")] == [1, 2]
    assert deliver() == ["success", "success"]
    assert books(order) == ("to_ship", ["duplicate", "paid"])
    sweep_refunds()
    assert books(order) == ("to_ship", ["refunded", "paid"])
    assert simulator.book.must(f"{order.number}_1").refunded == 6100
    assert simulator.book.must(f"{order.number}_2").refunded == 0


def test_a_closed_attempt_that_was_paid_after_all_pays_an_order_that_still_waits(order, pay_page, simulator, deliver):
    simulator.fault("notify", "drop")
    url = pay_page(order)
    Payment.objects.update(state="closed")
    simulator.pay(url)
    assert deliver() == ["success"]
    assert books(order) == ("to_ship", ["paid"])


def test_neither_keys_nor_buyers_nor_whole_notifies_are_logged(
    order, pay_page, simulator, deliver, caplog, alipay_options
):
    caplog.set_level(logging.DEBUG)
    simulator.fault("notify", "seller")
    simulator.pay(pay_page(order))
    deliver()
    simulator.fault("reply", "unsigned", times=3)
    ask(order.payments.get())
    simulator.fault("reply", "bad-signature", times=3)
    sweep()
    text = caplog.text + "".join(str(record.exc_text) for record in caplog.records)
    key = Path(alipay_options["app_private_key_file"]).read_text().splitlines()[1]
    for secret in (key, "buyer_sandbox_017", "buy***17", "sign=", "buyer_logon_id"):
        assert secret not in text
    assert "buyer_sandbox" not in str(list(Notice.objects.values()))


def test_times_are_chinas_whatever_the_sites_zone_is(order, signed_notify, notify, settings):
    notify(signed_notify(gmt_payment="2026-11-23 12:00:00"))
    assert order.payments.get().paid_at == datetime(2026, 11, 23, 12, 0)  # the mini-site keeps naive Shanghai times


def test_unknown_gateways_have_no_addresses(client):
    assert client.post("/shop/orders/pay/nope/notify/").status_code == 404


def test_settling_takes_few_statements_and_a_redelivery_fewer(
    order, signed_notify, notify, django_assert_max_num_queries
):
    fields = signed_notify()
    with django_assert_max_num_queries(24):
        notify(fields)
    with django_assert_max_num_queries(12):
        notify(fields)


def test_settling_locks_the_order_once_and_before_its_payments(order, signed_notify, notify):
    fields = signed_notify()
    with CaptureQueriesContext(connection) as queries:
        notify(fields)
    if connection.features.has_select_for_update:
        read = [re.sub(r'[`"]', "", query["sql"]) for query in queries if "FOR UPDATE" in query["sql"]]
    else:  # SQLite locks the file; what is read for it is the same
        read = [re.sub(r'[`"]', "", query["sql"]) for query in queries if query["sql"].startswith("SELECT")]
    tables = [re.search(r"FROM dailyfresh_orders_(order|payment)\b", sql) for sql in read]
    locked = [found.group(1) for found in tables if found]
    assert locked.count("order") == 1
    assert locked.index("order") < len(locked) - 1 - locked[::-1].index("payment")


def test_staff_read_of_an_alarm_in_the_sites_language_whoever_met_it(
    order, pay_page, simulator, deliver, admin_client, settings
):
    settings.LANGUAGE_CODE = "zh-hans"
    trade = pay_page(order)
    Payment.objects.update(amount=order.total + 1)
    simulator.pay(trade)
    with translation.override("en"):
        deliver()
    alarm = PaymentLog.objects.get(alarm=True)
    assert re.fullmatch(r"金额为 [\d.]+，应为 [\d.]+", alarm.note)
    assert Message.objects.get(event="dispute").note == alarm.note
    address = reverse("admin:dailyfresh_orders_payment_change", args=[alarm.payment_id])
    page = admin_client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
    assert "支付平台通知" in page
    assert "notify" not in page
    page = admin_client.get(reverse("admin:dailyfresh_orders_payment_changelist")).content.decode()
    assert re.findall(r'class="field-paid_through">(.*?)<', page) == ["支付宝"]
    assert re.findall(r">\s*(支付宝|alipay)</a>", page) == ["支付宝"]
