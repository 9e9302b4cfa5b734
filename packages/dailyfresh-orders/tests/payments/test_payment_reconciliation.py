"""The daily comparison with the gateway, and the checks of the set-up."""

from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from dailyfresh_orders.days import today
from dailyfresh_orders.models import Difference, Payment, Reconciliation, Refund
from dailyfresh_orders.services import reconcile, refund_lines, send_refund
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db  # Django's checks ask the database whether it knows JSON


def run(*args):
    out = StringIO()
    call_command("reconcile_payments", "--day", today().isoformat(), *args, stdout=out)
    return out.getvalue()


def test_a_day_that_agrees_says_so_with_its_sums(paid):
    said = run()
    assert "alipay" in said
    assert "1 compared, 0 unanswered, 0 differ; received 61.00, refunded 0.00" in said
    assert Reconciliation.objects.get().received == Decimal("61.00")


def test_a_payment_that_nobody_told_us_about_is_put_right(paid_at_gateway):
    said = run("--strict")
    assert "state: pending / paid (put right)" in said
    paid_at_gateway.refresh_from_db()
    assert paid_at_gateway.state == "to_ship"
    assert "0 differ" in run("--strict")
    assert Reconciliation.objects.count() == 1


def test_what_cannot_be_put_right_stays_on_the_report_and_fails_a_strict_run(paid, simulator):
    Payment.objects.update(refundable=True)
    simulator.book.refund(simulator.book.must(f"{paid.number}_1"), 6100, "console", "")
    simulator.fault("trade", "amount", times=2)
    with pytest.raises(CommandError, match="open"):
        run("--strict")
    kinds = dict(Difference.objects.values_list("what", "repaired"))
    assert kinds == {"state": True, "amount": False}
    assert Payment.objects.get().state == "refunded"


def test_a_refund_of_unknown_outcome_is_booked_by_the_comparison(paid, simulator):
    refund = refund_lines(order=paid, by=None, key="abcdef123456", amount=Decimal("1.00"), lines={})
    simulator.fault("reply", "drop", method="alipay.trade.refund")
    send_refund(refund.pk)
    report = reconcile(day=today(), code="alipay")
    assert [each.repaired for each in report.differences.all()] == [True]
    assert report.refunded == Decimal("1.00")
    assert Refund.objects.get().state == "done"


def test_a_refund_that_only_our_books_know_is_reported(paid):
    refund = refund_lines(order=paid, by=None, key="abcdef123456", amount=Decimal("1.00"), lines={})
    Refund.objects.filter(pk=refund.pk).update(state="done", sent_at=timezone.now())
    [difference] = reconcile(day=today(), code="alipay").differences.all()
    assert (difference.ours, difference.theirs, difference.repaired) == ("done", "refused not_found", False)


def test_silence_is_counted_and_nothing_is_taken_for_a_difference(paid, simulator):
    simulator.fault("reply", "20000", times=-1)
    assert "1 compared, 1 unanswered, 0 differ" in run()
    with pytest.raises(CommandError):
        run("--strict")


def test_other_days_are_left_alone(paid):
    Payment.objects.update(created_at=timezone.now() - timedelta(days=3), paid_at=timezone.now() - timedelta(days=3))
    assert "0 compared" in run()
    with pytest.raises(CommandError, match="No gateway"):
        run("--gateway", "nope")


def test_the_admin_shows_reports_and_exports_their_differences(paid_at_gateway, client):
    run()
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("boss", password="x"))
    report = Reconciliation.objects.get()
    page = client.get(reverse("admin:dailyfresh_orders_reconciliation_change", args=[report.pk])).content.decode()
    assert "pending" in page
    answer = client.post(
        reverse("admin:dailyfresh_orders_reconciliation_changelist"),
        {"action": "export_csv", "_selected_action": [report.pk]},
    )
    table = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert f"{paid_at_gateway.number}_1,state,pending,paid,True" in table


def messages(**changes):
    return [(message.id, message.msg) for message in run_checks() if message.id and "dailyfresh_orders" in message.id]


def gateway_setting(settings, *, allow=None, **options):
    from copy import deepcopy

    made = deepcopy(settings.DAILYFRESH_ORDERS)
    if allow is not None:
        made["ALLOW_LOOPBACK_SIMULATOR"] = allow
    made["GATEWAYS"]["alipay"]["OPTIONS"].update(options)
    settings.DAILYFRESH_ORDERS = made


def errors():
    return [text for ident, text in messages() if ident == "dailyfresh_orders.E004"]


@pytest.mark.parametrize("debug", [True, False])
def test_the_simulator_is_an_error_unless_the_site_allows_it_whatever_debug_says(pay_settings, debug):
    pay_settings.DEBUG = debug
    assert errors() == []
    gateway_setting(pay_settings, allow=False)
    [text] = errors()
    assert "ALLOW_LOOPBACK_SIMULATOR is not set" in text


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8810/gateway.do",
        "http://simulator.localhost/gateway.do",
        "http://10.0.0.5/gateway.do",
        "http://127.0.0.1.evil.example/gateway.do",
        "http://openapi.alipay.com/gateway.do",
        "ftp://127.0.0.1/gateway.do",
        "http://user@127.0.0.1/gateway.do",
        "http:///gateway.do",
        "https://openapi.alipay.com/gateway.do#x",
    ],
)
def test_money_is_sent_nowhere_but_to_https_or_a_loopback_number(pay_settings, url):
    gateway_setting(pay_settings, server_url=url)
    assert len(errors()) == 1
    gateway_setting(pay_settings, server_url="https://openapi.alipay.com/gateway.do", browser_url=url)
    assert len(errors()) == 1


def test_ipv6_loopback_is_loopback(pay_settings):
    gateway_setting(pay_settings, server_url="http://[::1]:8810/gateway.do")
    assert errors() == []


def test_an_unknown_or_missing_option_is_named(pay_settings):
    gateway_setting(pay_settings, timeout=3)
    assert "timeout" in errors()[0]
    made = {
        **pay_settings.DAILYFRESH_ORDERS,
        "GATEWAYS": {"alipay": {"BACKEND": "dailyfresh_orders.gateways.alipay.AlipayGateway"}},
    }
    pay_settings.DAILYFRESH_ORDERS = made
    assert "app_id" in errors()[0]


def test_keys_that_cannot_be_used_are_an_error_at_start(pay_settings, tmp_path):
    gateway_setting(pay_settings, app_private_key_file=str(tmp_path / "none.pem"))
    assert "cannot be read" in errors()[0]


def test_a_gateway_that_is_not_alipays_own_is_pointed_out(pay_settings):
    gateway_setting(pay_settings, server_url="https://openapi-sandbox.dl.alipaydev.com/gateway.do")
    assert "dailyfresh_orders.W103" in [ident for ident, _text in messages()]


def test_notifies_that_would_come_over_plain_http_are_pointed_out(pay_settings):
    gateway_setting(pay_settings, server_url="https://openapi.alipay.com/gateway.do")
    pay_settings.DAILYFRESH_ORDERS = {**pay_settings.DAILYFRESH_ORDERS, "PUBLIC_URL": "http://shop.example"}
    assert "dailyfresh_orders.W104" in [ident for ident, _text in messages()]
