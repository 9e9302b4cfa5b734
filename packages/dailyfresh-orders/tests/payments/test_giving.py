"""Settling an order by what was given, for a site that packs in its own way: `services.give` on a locked order."""

from datetime import datetime
from decimal import Decimal

import pytest
from dailyfresh_orders.checkout.quotes import BUY
from dailyfresh_orders.exceptions import IllegalTransition, NotGivable
from dailyfresh_orders.gateways.base import Observation, Outcome, RefundOutcome, TradeState
from dailyfresh_orders.models import Adjustment, Notice, Order, OrderLine, Payment, Refund
from dailyfresh_orders.services import (
    Given,
    Instead,
    ask,
    give,
    refund_askable,
    refund_lines,
    refundable_of,
    request_refund,
    ship,
    sweep_refunds,
    withdraw,
)
from dailyfresh_orders.services.locking import lock_order
from dailyfresh_orders.services.payments.ledger import keep_notice
from dailyfresh_orders.services.payments.paying_back import conclude
from django.db import connection
from minisite.shop.joins import Catalogue
from minisite.shop.models import Product

YUAN = Decimal("1.00")


@pytest.fixture
def bought(make_order):
    return lambda quantities, **how: make_order(quantities, source=BUY, **how)


@pytest.fixture
def paid(pay_settings, bought, pay_page, simulator):
    """Places an order and pays it at the gateway: {product: quantity}."""

    def pay(quantities):
        order = bought(quantities, payment_method="alipay")
        simulator.fault("notify", "drop")
        simulator.pay(pay_page(order))
        ask(order.payments.get())
        order.refresh_from_db()
        return order

    return pay


def line_of(order, product):
    return order.lines.get(sku_id=str(product.pk), main_slot=1)


def given(order, what, **more):
    """Settles it by {product: Given}."""
    by_line = {line_of(order, product).pk: each for product, each in what.items()}
    back = give(lock_order(order.pk), by_line, by=None, **more)
    order.refresh_from_db()
    return back


def left(product):
    return Product.objects.get(pk=product.pk).pieces


def test_an_order_that_was_settled_gives_the_same_again_and_changes_nothing(bought, apple):
    order = bought({apple: 2})
    back = given(order, {apple: Given(1, back=1)})
    assert (back, left(apple)) == (Decimal("5.50"), 9)
    assert given(order, {apple: Given(0)}) == back
    assert (order.back, left(apple), Adjustment.objects.count()) == (back, 9, 2)


def test_only_an_order_that_is_to_be_shipped_is_settled(bought, apple):
    order = bought({apple: 2})
    withdraw(order.pk, by="staff")
    with pytest.raises(IllegalTransition):
        given(order, {apple: Given(2)})


def test_an_order_whose_money_is_asked_back_is_not_settled(paid, apple):
    order = paid({apple: 2})
    request_refund(order=order, by=None, key="abcdefABCDEF")
    with pytest.raises(IllegalTransition, match="refunded"):
        given(order, {apple: Given(2)})


def test_every_open_line_is_named_and_none_has_more_than_was_ordered(bought, apple, pear):
    order = bought({apple: 2, pear: 1})
    with pytest.raises(NotGivable, match="not been picked"):
        given(order, {apple: Given(2)})
    for wrong in (3, -1):
        with pytest.raises(NotGivable, match="more in the box"):
            given(order, {apple: Given(wrong), pear: Given(1)})
    order.refresh_from_db()
    assert order.settled_total is None


def test_pieces_that_were_refunded_before_count_with_the_weight_they_were_sold_by(paid, mango):
    order = paid({mango: 3})
    line = order.lines.get()
    refund_lines(order=order, by=None, key="onemango", lines={line.pk: 1})
    sweep_refunds()
    given(order, {mango: Given(2, grams=700)})
    line.refresh_from_db()
    assert (line.given, line.actual_grams) == (3, 700 + line.nominal_grams)


def test_several_goods_in_place_of_a_line_cost_together_no_more_than_it_gave_free(bought, apple, pear):
    Product.objects.filter(pk=apple.pk).update(yuan=10 * YUAN)
    order = bought({apple: 2})
    pears, plums = (Product.objects.create(title=name, yuan=15 * YUAN, pieces=5) for name in ("Pears", "Plums"))
    goods = Catalogue().find([str(pears.pk), str(plums.pk)])
    line = line_of(order, apple)
    instead = [Instead(line.pk, goods[str(each.pk)], 1) for each in (pears, plums)]
    assert given(order, {apple: Given(0)}, instead=instead) == 0
    assert [each.payable for each in order.lines.filter(main_slot=None).order_by("pk")] == [15 * YUAN, 5 * YUAN]
    assert (left(pears), left(plums)) == (4, 4)


def test_goods_that_nobody_counts_leave_the_stock_alone(bought, apple):
    order = bought({apple: 3})
    OrderLine.objects.update(counted=False)
    before = left(apple)
    given(order, {apple: Given(1, back=2)})
    assert left(apple) == before


def test_money_that_cannot_go_back_online_any_more_leaves_the_order_as_it_is(paid, apple):
    order = paid({apple: 2})
    Payment.objects.update(state=Payment.State.REFUNDED)
    with pytest.raises(NotGivable, match="Nothing was paid"):
        given(order, {apple: Given(1)})


def test_what_stays_of_an_unpaid_order_is_not_taken_for_what_goes_back(bought, apple):
    order = bought({apple: 2})
    Adjustment.objects.create(
        order=order,
        kind=Adjustment.Kind.FEE,
        source="site:ice",
        label="Ice",
        amount=3 * YUAN,
        returns=Adjustment.Returns.NEVER,
    )
    Order.objects.filter(pk=order.pk).update(total=order.total + 3 * YUAN)
    assert given(order, {apple: Given(0)}) == order.total - 3 * YUAN


def test_what_can_be_refunded_of_an_order_is_its_own_payment_less_its_own_refunds(paid, apple):
    order, other = paid({apple: 2}), paid({apple: 2})
    refund_lines(order=other, by=None, key="oneapple", lines={other.lines.get().pk: 1})
    Payment.objects.create(
        order=order, gateway="alipay", attempt=0, out_trade_no="never", amount=YUAN, currency="CNY", subject="x"
    )
    assert refundable_of(order).money == order.total
    assert refundable_of(other).money == other.total - Decimal("5.50")


def test_a_buyer_may_ask_once_for_what_was_paid_and_never_for_what_was_not(paid, bought, apple):
    order = paid({apple: 2})
    assert not refund_askable(bought({apple: 1}))
    assert refund_askable(order)
    request_refund(order=order, by=None, key="abcdefABCDEF")
    assert not refund_askable(order)


def test_a_buyer_may_ask_for_pieces_of_what_was_shipped(paid, apple):
    order = paid({apple: 2})
    ship(order.pk, carrier="us", tracking_number="", by="staff")
    order.refresh_from_db()
    assert refund_askable(order)
    refund_lines(order=order, by=None, key="wholeone", lines=None)
    sweep_refunds()
    order.refresh_from_db()
    assert not refund_askable(order)


def test_what_a_gateway_says_of_a_refund_for_the_second_time_is_answered_with_its_state(paid, apple):
    order = paid({apple: 2})
    refund_lines(order=order, by=None, key="oneapple", lines={order.lines.get().pk: 1})
    sweep_refunds()
    refund = Refund.objects.get()
    assert conclude(refund, RefundOutcome(Outcome.DONE)) == "done"
    assert Payment.objects.get().refunded == refund.amount


def test_a_notice_that_comes_twice_at_the_same_instant_is_counted_twice(db):
    earlier, waiting = datetime(2020, 1, 1), ["a worker that is a moment earlier"]

    def meanwhile(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        if waiting and sql.startswith("UPDATE"):  # nobody has it, as it seems
            waiting.clear()
            Notice.objects.bulk_create(
                Notice(gateway=gateway, event=event, first_at=earlier, last_at=earlier)
                for gateway, event in (("alipay", "one"), ("alipay", "two"), ("cod", "one"))
            )
        return done

    seen = Observation(source="notify", out_trade_no="1", state=TradeState.PAID, amount=YUAN, event="one")
    with connection.execute_wrapper(meanwhile):
        keep_notice(seen, code="alipay", outcome="paid")
    found = {(each.gateway, each.event): (each.times, each.last_at > earlier) for each in Notice.objects.all()}
    assert found == {("alipay", "one"): (2, True), ("alipay", "two"): (1, False), ("cod", "one"): (1, False)}
