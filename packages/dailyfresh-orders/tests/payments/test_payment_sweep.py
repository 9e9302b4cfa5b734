"""What the sweep finds out by itself: payments nobody told us about, orders to cancel, refunds of unknown outcome."""

import time
from datetime import timedelta

import pytest
from dailyfresh_core.background.outbox import Drained
from dailyfresh_orders.models import Order, Payment, PaymentLog, Refund
from dailyfresh_orders.services import (
    cancel_order,
    close_open_payments,
    pass_time,
    refund_lines,
    resolve_refund,
    send_refund,
    sweep,
    sweep_refunds,
)
from dailyfresh_orders.tasks import drain_payments
from django.utils import timezone


def due():
    """Make everything that waits for its turn due now."""
    now = timezone.now() - timedelta(seconds=1)
    Payment.objects.filter(state="pending").update(ask_again_at=now, asked_at=None)
    Refund.objects.filter(state__in=("ready", "sent")).update(try_at=now, sent_at=now - timedelta(minutes=1))


def expire(order, by=timedelta(minutes=10)):
    past = timezone.now() - by
    Order.objects.filter(pk=order.pk).update(expires_at=past, due_at=past)
    Payment.objects.filter(order=order).update(expires_at=past)


def state(order):
    order.refresh_from_db()
    payment = order.payments.first()
    return order.state, payment and payment.state


def test_a_payment_that_nobody_told_us_about_is_found(paid_at_gateway):
    assert sweep().payments == Drained()  # not yet its turn
    due()
    assert sweep().payments == Drained(done=1)
    assert state(paid_at_gateway) == ("to_ship", "paid")
    assert sweep().payments == Drained()


def test_it_is_asked_about_until_it_expires_with_growing_pauses(order, pay_page, simulator):
    pay_page(order)
    pauses = []
    for _ in range(7):
        due()
        sweep()
        pauses.append(round((Payment.objects.get().ask_again_at - timezone.now()).total_seconds(), -1))
    assert pauses == [20, 30, 60, 120, 300, 600, 600]
    assert simulator.api.calls.count("alipay.trade.query") == 7
    assert state(order) == ("awaiting_payment", "pending")


def test_the_last_question_comes_just_after_the_payment_expired(order, pay_page):
    pay_page(order)
    Payment.objects.update(asked_times=20, expires_at=timezone.now() + timedelta(seconds=30))
    due()
    sweep()
    assert Payment.objects.get().ask_again_at <= timezone.now() + timedelta(seconds=36)


def test_an_order_that_nobody_paid_is_cancelled_and_its_stock_comes_back_once(order, pay_page, simulator, apple, pear):
    simulator.sign_in(pay_page(order))
    expire(order)
    pass_time()
    assert state(order)[0] in ("cancelling", "cancelled")
    due()
    sweep()
    sweep()
    assert state(order) == ("cancelled", "closed")
    assert simulator.book.must(f"{order.number}_1").status == "TRADE_CLOSED"
    apple.refresh_from_db()
    assert (apple.pieces, apple.sold) == (10, 0)


def test_a_trade_that_never_began_keeps_the_stock_until_it_can_no_longer_begin(order, pay_page, apple, settings):
    pay_page(order)
    cancel_order(order.pk, by="buyer")
    due()
    sweep()
    assert state(order) == ("cancelling", "pending")
    apple.refresh_from_db()
    assert apple.pieces == 8
    expire(order, by=timedelta(seconds=60))  # expired, but within the grace for clocks that differ
    due()
    sweep()
    assert state(order) == ("cancelling", "pending")
    expire(order, by=timedelta(seconds=130))
    due()
    sweep()
    assert state(order) == ("cancelled", "closed")
    apple.refresh_from_db()
    assert apple.pieces == 10


def test_a_buyer_who_cancels_while_paying_and_pays_gets_the_goods(paid_at_gateway, apple):
    cancel_order(paid_at_gateway.pk, by="buyer")
    due()
    sweep()
    assert state(paid_at_gateway) == ("to_ship", "paid")
    apple.refresh_from_db()
    assert apple.pieces == 8


def test_a_buyer_who_cancels_a_trade_that_waits_has_it_closed_and_cannot_pay_it(order, pay_page, simulator):
    url = pay_page(order)
    simulator.sign_in(url)
    cancel_order(order.pk, by="buyer")
    due()
    sweep()
    assert state(order) == ("cancelled", "closed")
    with pytest.raises(Exception, match="TRADE_HAS_CLOSE"):
        simulator.pay(url)


def test_an_order_without_a_payment_is_cancelled_at_once(order):
    cancel_order(order.pk, by="buyer")
    assert state(order) == ("cancelled", None)


@pytest.mark.parametrize("how", ["drop", "refuse", "500", "garbage", "html", "20000-after", "bad-signature"])
def test_a_gateway_that_fails_keeps_the_stock_and_the_order(order, pay_page, simulator, apple, how):
    simulator.sign_in(pay_page(order))
    cancel_order(order.pk, by="buyer")
    simulator.fault("reply", how, method="alipay.trade.close")
    due()
    sweep()
    assert state(order) == ("cancelling", "pending")
    apple.refresh_from_db()
    assert apple.pieces == 8
    due()
    sweep()
    due()
    sweep()
    assert state(order) == ("cancelled", "closed")


def test_an_old_attempt_of_a_paid_order_is_closed_so_that_it_cannot_be_paid_too(order, pay_page, simulator, deliver):
    simulator.sign_in(pay_page(order))
    Payment.objects.update(expires_at=timezone.now() + timedelta(minutes=5))  # another expiry: another attempt
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    deliver()
    due()
    sweep()
    assert [payment.state for payment in order.payments.order_by("pk")] == ["closed", "paid"]


def test_a_silent_gateway_is_given_up_for_this_sweep_and_bounds_its_time(
    make_order, apple, shop, pay_page, simulator, pay_settings
):
    for _ in range(5):
        pay_page(make_order({apple: 1}, payment_method="alipay"))
    simulator.fault("reply", "hang", value=20, times=-1)
    due()
    begun = time.monotonic()
    assert sweep().payments == Drained(failed=3)
    assert time.monotonic() - begun < 3 * 1.0 + 1.5
    simulator.faults.clear()
    due()
    assert sweep().payments == Drained(done=5)


def test_one_bad_row_does_not_stop_the_others(make_order, apple, pay_page, simulator, pay_settings):
    first, second = (make_order({apple: 1}, payment_method="alipay") for _ in range(2))
    pay_page(first)
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(second))
    Payment.objects.filter(order=first).update(gateway="gone")
    due()
    assert sweep().payments == Drained(done=1, failed=1)
    assert state(second) == ("to_ship", "paid")


def test_the_drain_is_the_sweep(paid_at_gateway):
    due()
    drain_payments()
    assert state(paid_at_gateway) == ("to_ship", "paid")


@pytest.fixture
def refund(paid):
    return refund_lines(order=paid, by=None, key="abcdef123456", reason="bad")


@pytest.mark.parametrize("how", ["drop", "500", "garbage", "20000-after", "bad-signature", "unsigned", "hang"])
def test_a_refund_whose_answer_was_lost_is_found_to_be_done_and_not_paid_twice(paid, refund, simulator, how):
    simulator.fault("reply", how, method="alipay.trade.refund", value=5)
    assert send_refund(refund.pk) == "sent"
    assert state(paid) == ("to_ship", "paid")
    assert resolve_refund(refund.pk) is None  # too early
    due()
    sweep_refunds()
    assert state(paid) == ("closed", "refunded")
    assert simulator.book.must(f"{paid.number}_1").refunded == 6100
    assert simulator.api.calls.count("alipay.trade.refund") == 1


@pytest.mark.parametrize("how", ["refuse", "500-before", "html", "20000"])
def test_a_refund_that_never_arrived_is_sent_again_under_its_own_number(paid, refund, simulator, how):
    simulator.fault("reply", how, method="alipay.trade.refund")
    send_refund(refund.pk)
    due()
    sweep_refunds()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert simulator.book.must(f"{paid.number}_1").refunded == 6100
    assert len(simulator.book.refunds(f"{paid.number}_1")) == 1


def test_a_worker_killed_between_the_row_and_the_answer_leaves_a_refund_that_is_resolved(
    paid, refund, simulator, monkeypatch
):
    def killed(*args):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("dailyfresh_orders.services.payments.paying_back.conclude", killed)
        with pytest.raises(KeyboardInterrupt):
            send_refund(refund.pk)
    refund.refresh_from_db()
    assert refund.state == "sent"
    due()
    sweep_refunds()
    assert state(paid) == ("closed", "refunded")
    assert simulator.api.calls.count("alipay.trade.refund") == 1


def test_a_refund_of_unknown_outcome_is_asked_about_with_growing_pauses(paid, refund, simulator):
    simulator.fault("reply", "20000", times=-1)
    send_refund(refund.pk)
    pauses = []
    for _ in range(5):
        due()
        sweep_refunds()
        refund.refresh_from_db()
        pauses.append(round((refund.try_at - timezone.now()).total_seconds(), -1))
    assert pauses == [20, 60, 300, 900, 3600]
    assert refund.state == "sent"


def test_close_open_payments_says_true_only_when_nothing_was_and_can_be_paid(order, pay_page, simulator):
    url = pay_page(order)
    simulator.sign_in(url)
    Order.objects.update(state="cancelling")
    assert close_open_payments(order_id=order.pk) is True
    assert PaymentLog.objects.get().after == "closed"


def test_close_open_payments_says_false_when_it_finds_the_money(paid_at_gateway):
    Order.objects.update(state="cancelling")
    assert close_open_payments(order_id=paid_at_gateway.pk) is False
    assert state(paid_at_gateway) == ("to_ship", "paid")
