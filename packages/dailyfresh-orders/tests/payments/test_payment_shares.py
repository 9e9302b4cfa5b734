"""Money back for a part of an order of which something was taken off: to the fen, in any order, never more than was paid."""

from decimal import Decimal

import pytest
from dailyfresh_core.pricing.offers import GivenOffer, GivenShare
from dailyfresh_orders.exceptions import RefundImpossible
from dailyfresh_orders.models import Order, Refund
from dailyfresh_orders.services import (
    approve_refund,
    ask,
    disagreements,
    receive,
    refund_lines,
    refundable_of,
    request_refund,
    retry_refund,
    ship,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from minisite.shop.models import Product

YUAN = Decimal("1.00")


@pytest.fixture
def melon(db):
    return Product.objects.create(title="Melon", yuan=Decimal("10.00"), pieces=10)


@pytest.fixture
def cheaper(pay_settings, make_order, taken_off, melon, pay_page, simulator):
    """Three melons of 10.00 with 10.00 off and 10.00 of freight: paid with 30.00, and shipped."""
    order = taken_off(make_order({melon: 3}, payment_method="alipay"), {melon: "10.00"})
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    ask(order.payments.get())
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    order.refresh_from_db()
    return order


def back(order, pieces, n=1, **what):
    return refund_lines(order=order, by=None, key=f"abcdef{n:06d}", lines={order.lines.get().pk: pieces}, **what)


def test_a_buyer_is_asked_for_what_is_left_of_the_total(cheaper, simulator):
    payment = cheaper.payments.get()
    assert (cheaper.state, payment.amount, payment.received) == ("shipped", 30 * YUAN, 30 * YUAN)


def test_pieces_give_back_what_was_paid_for_them_to_the_fen(cheaper):
    refunds = [back(cheaper, 1, n) for n in range(3)]
    assert [refund.amount for refund in refunds] == [Decimal("6.67"), Decimal("6.67"), Decimal("6.66")]
    assert [refund.lines.get().amount for refund in refunds] == [refund.amount for refund in refunds]
    assert refundable_of(cheaper).money == 10 * YUAN, "the freight of what was sent stays"


def test_a_request_is_worth_what_it_is_worth_when_it_is_approved(cheaper):
    asked = request_refund(order=cheaper, by=None, key="abcdefABCDEF", lines={cheaper.lines.get().pk: 2})
    assert asked.amount == Decimal("13.34")
    back(cheaper, 1)
    approved = approve_refund(asked, by=None)
    assert (approved.amount, approved.lines.get().amount) == (Decimal("13.33"), Decimal("13.33"))
    assert refundable_of(cheaper).money == 10 * YUAN


def test_an_amount_that_staff_wrote_stays_as_it_is_when_it_is_sent_again(cheaper):
    refund = back(cheaper, 2, amount=Decimal("5.00"))
    Refund.objects.update(state="refused")
    refund.refresh_from_db()
    back(cheaper, 1, 2)
    assert retry_refund(refund, by=None).amount == Decimal("5.00")
    assert refund.lines.get().amount == Decimal("13.34")


def test_the_freight_goes_back_with_the_last_of_an_order_that_was_not_sent(paid, apple, pear):
    """C63 and C64: not with single lines."""
    apples, pears = (paid.lines.get(sku_id=str(product.pk)).pk for product in (apple, pear))
    first = refund_lines(order=paid, by=None, key="abcdef000001", lines={apples: 2})
    last = refund_lines(order=paid, by=None, key="abcdef000002", lines={pears: 2})
    assert (first.amount, last.amount) == (11 * YUAN, 50 * YUAN)
    assert refundable_of(paid).money == 0


def test_what_was_not_given_cannot_be_returned(cheaper):
    line = cheaper.lines.get()
    line.given, line.settled = 2, Decimal("20.00")
    line.save()
    assert refundable_of(cheaper).pieces == {line.pk: 2}
    with pytest.raises(RefundImpossible):
        back(cheaper, 3)
    assert back(cheaper, 2).amount == Decimal("13.33")


def test_a_courier_collects_what_was_settled(make_order, apple):
    order = make_order({apple: 2})
    Order.objects.update(settled_total=Decimal("18.00"))
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="staff")
    order.refresh_from_db()
    assert (order.total, order.payable) == (21 * YUAN, 18 * YUAN)
    assert refundable_of(order).money == 18 * YUAN


class Packed:
    """A packing fee that never comes back, one that comes back with the last piece, and a cutting fee for each piece."""

    def price(self, items, **asked):
        last, never = GivenShare("fee:ice", "冰袋", {"": Decimal("2.00")}, "fee", "last"), {"": Decimal("1.00")}
        cut = {item.sku_id: Decimal("0.10") * item.quantity for item in items}
        for_ever = GivenShare("fee:box", "礼盒", never, "fee", "never")
        return GivenOffer([last, for_ever, GivenShare("fee:cut", "切片", cut, "fee", "share")], digest="1")

    def take(self, offer, *, user, reference, at):
        return []

    def used(self, reference):
        pass

    def give_back(self, reference, *, why):
        pass


@pytest.fixture
def packed(pay_settings, make_order, melon, apple, pay_page, simulator, settings):
    """Three melons and an apple, each cut for 0.10, with 10.00 of freight, 2.00 of ice and 1.00 of a box: paid with 48.90."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PROMOTIONS": f"{__name__}.Packed"}
    order = make_order({melon: 3, apple: 1}, payment_method="alipay")
    simulator.fault("notify", "drop")
    simulator.pay(pay_page(order))
    ask(order.payments.get())
    order.refresh_from_db()
    return order


def test_a_fee_for_each_piece_comes_back_with_it_packing_with_the_last_and_a_box_never(packed, melon, apple):
    melons, apples = (packed.lines.get(sku_id=str(product.pk)).pk for product in (melon, apple))
    assert (packed.payable, packed.fees) == (Decimal("48.90"), Decimal("3.40"))
    assert disagreements(packed) == []
    first = refund_lines(order=packed, by=None, key="abcdef000001", lines={melons: 1})
    rest = refund_lines(order=packed, by=None, key="abcdef000002", lines={melons: 2})
    last = refund_lines(order=packed, by=None, key="abcdef000003", lines={apples: 1})
    assert (first.amount, rest.amount) == (Decimal("10.10"), Decimal("20.20"))
    assert last.amount == Decimal("5.60") + Decimal("12.00"), "freight and ice too"
    assert refundable_of(packed).money == Decimal("1.00"), "the box"


def test_the_whole_of_an_order_is_all_but_what_never_comes_back(packed):
    assert refund_lines(order=packed, by=None, key="abcdef000001").amount == Decimal("47.90")
    assert refund_lines(order=packed, by=None, key="abcdef000002", lines={}, amount=Decimal("1.00")).amount == YUAN


def test_after_it_was_sent_packing_stays_as_freight_does(packed):
    ship(packed.pk, carrier="SF", tracking_number="1", by="staff")
    lines = dict(refundable_of(packed).pieces)
    assert refund_lines(order=packed, by=None, key="abcdef000001", lines=lines).amount == Decimal("35.90")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations([1, 2, 3, 4, 5]), st.integers(0, 4000))
def test_refunds_in_any_order_sum_to_what_was_paid(make_order, taken_off, melon, order_of, off):
    Product.objects.update(pieces=1000)
    order = taken_off(make_order({melon: 15}), {melon: Decimal(off).scaleb(-2)})
    Order.objects.filter(pk=order.pk).update(state="received")
    order.refresh_from_db()
    given = [back(order, pieces, n).amount for n, pieces in enumerate(order_of)]
    assert sum(given) == order.payable - order.freight
    assert refundable_of(order).money == order.freight
    assert set(refundable_of(order).pieces.values()) == {0}
