"""The pure decision under every settlement, over whatever a gateway may say about whatever is in the books."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.models import Payment
from dailyfresh_orders.services.payments.settling import Step, next_step
from hypothesis import given, settings
from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, 12, 0)
AMOUNTS = [None, Decimal("61.00"), Decimal("60.99"), Decimal("0.01")]

payments = st.builds(
    Payment,
    state=st.sampled_from(Payment.State.values),
    amount=st.just(Decimal("61.00")),
    currency=st.just("CNY"),
    trade_no=st.sampled_from([None, "t1"]),
    expires_at=st.sampled_from(
        [None, NOW - timedelta(days=1), NOW - timedelta(seconds=60), NOW + timedelta(minutes=5)]
    ),
)
observations = st.builds(
    Observation,
    out_trade_no=st.just("n_1"),
    state=st.sampled_from(TradeState),
    source=st.sampled_from(["query", "notify", "close"]),
    trade_no=st.sampled_from(["", "t1", "t2"]),
    amount=st.sampled_from(AMOUNTS),
    currency=st.sampled_from(["CNY", "USD"]),
    paid_at=st.sampled_from([None, datetime(2026, 11, 23, tzinfo=UTC)]),
    refunded=st.sampled_from([Decimal("0.00"), Decimal("5.00"), Decimal("61.00")]),
)


@settings(deadline=None)
@given(payments, observations)
def test_only_the_right_money_pays_and_nothing_goes_backwards(payment, seen):
    step, note = next_step(payment, seen, now=NOW)
    paid = seen.state in (TradeState.PAID, TradeState.FINISHED)
    right = (
        seen.amount == payment.amount
        and seen.currency == "CNY"
        and (not payment.trade_no or seen.trade_no in ("", payment.trade_no))
    )
    unpaid = payment.state in ("pending", "closed")
    assert (step == Step.PAY) == (paid and right and unpaid)
    assert (step == Step.DISPUTE) == (paid and not right and unpaid)
    if step == Step.CLOSE:
        assert payment.state == "pending"
        assert seen.state in (TradeState.CLOSED, TradeState.NOT_FOUND)
    if step == Step.GIVEN_BACK:
        assert seen.state == TradeState.CLOSED
        assert payment.state in ("pending", "paid", "part_refunded")
    if seen.state in (TradeState.UNKNOWN, TradeState.WAITING):
        assert step == Step.NOTHING
    if step not in (Step.NOTHING, Step.PAY):
        assert note


@settings(deadline=None)
@given(payments.filter(lambda payment: payment.state == "pending"), observations)
def test_silence_and_absence_never_close_a_payment_that_can_still_be_made(payment, seen):
    if seen.state in (TradeState.NOT_FOUND, TradeState.UNKNOWN):
        step, _note = next_step(payment, seen, now=NOW)
        over = payment.expires_at is not None and payment.expires_at < NOW - timedelta(minutes=2)
        assert step == (Step.CLOSE if over and seen.state == TradeState.NOT_FOUND else Step.NOTHING)
