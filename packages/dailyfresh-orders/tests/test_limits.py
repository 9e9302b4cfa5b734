"""What one buyer may hold without having paid, and how the merchant lets somebody go."""

from datetime import timedelta

import pytest
from dailyfresh_core.allowances import held_back, let_go
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.standing import Standing
from dailyfresh_orders.exceptions import TooMuchOpen
from dailyfresh_orders.models import Order, OrderLine
from dailyfresh_orders.services import adopt, cancel_order, change_payment, place_order
from django.core.cache import cache
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from minisite.shop.joins import AddressBook
from minisite.shop.models import Product

OURS = ("OPEN_UNPAID", "OPEN_ON_DELIVERY", "OPEN_ON_DELIVERY_TOTAL", "PIECES")


@pytest.fixture(autouse=True)
def _as_a_shop_has_them(settings):
    cache.clear()
    translation.activate("en")
    settings.DAILYFRESH_ORDERS = {key: value for key, value in settings.DAILYFRESH_ORDERS.items() if key not in OURS}


@pytest.fixture
def limits(settings):
    def set_to(**values):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | values

    return set_to


@pytest.fixture
def plum(db):
    return Product.objects.create(title="Plum", yuan=1, pieces=290)


def test_orders_that_wait_for_payment_are_so_many_and_no_more(make_order, plum, buyer, stranger):
    made = [make_order({plum: 1}, payment_method="voucher") for _ in range(5)]
    with pytest.raises(TooMuchOpen, match="5 orders to pay"):
        make_order({plum: 1}, payment_method="voucher")
    make_order({plum: 1}, payment_method="voucher", user=stranger)
    cancel_order(made[0].pk, by=buyer, why="")
    make_order({plum: 1}, payment_method="voucher")


def test_orders_paid_on_delivery_are_so_many_and_come_to_so_much(make_order, plum, limits):
    limits(OPEN_ON_DELIVERY=2)
    order = make_order({plum: 1})
    make_order({plum: 1})
    with pytest.raises(TooMuchOpen, match="2 orders that are paid on delivery"):
        make_order({plum: 1})
    make_order({plum: 1}, payment_method="voucher")
    Order.objects.filter(pk=order.pk).update(state=Order.State.RECEIVED)
    make_order({plum: 1})
    limits(OPEN_ON_DELIVERY=None, OPEN_ON_DELIVERY_TOTAL="60.00")
    with pytest.raises(TooMuchOpen, match="60.00 together"):
        make_order({plum: 50})


def test_one_buyer_cannot_take_all_pieces_of_a_sku(make_order, plum, stranger):
    make_order({plum: 60})
    with pytest.raises(TooMuchOpen, match="“Plum”: at most 100 within 24 hours"):
        make_order({plum: 41})
    make_order({plum: 40})
    make_order({plum: 100}, user=stranger)
    Order.objects.update(placed_at=timezone.now() - timedelta(hours=25))
    make_order({plum: 50})


def test_orders_that_wait_for_payment_hold_a_share_of_the_stock_where_the_merchant_says_so(
    make_order, plum, limits, stranger
):
    limits(HELD_SHARE=0.2)
    make_order({plum: 50}, payment_method="voucher")
    with pytest.raises(TooMuchOpen, match="held by orders that are not paid yet"):
        make_order({plum: 20}, payment_method="voucher", user=stranger)
    make_order({plum: 20}, user=stranger)


def test_orders_paid_on_delivery_hold_a_share_of_the_stock_too_and_the_rest_can_be_paid(
    make_order, plum, limits, stranger
):
    """Two guests of one address had taken 100 of 112 pieces, for ever."""
    limits(HELD_SHARE=0.4)
    make_order({plum: 100})
    with pytest.raises(TooMuchOpen, match="“Plum” is held by orders that are paid on delivery"):
        make_order({plum: 20}, user=stranger)
    waiting = make_order({plum: 20}, payment_method="voucher", user=stranger)
    with pytest.raises(TooMuchOpen, match="paid on delivery"):
        change_payment(waiting.pk, code="cod", by=stranger)
    assert Order.objects.get(pk=waiting.pk).state == Order.State.AWAITING_PAYMENT
    plum.refresh_from_db()
    assert plum.pieces == 170


def test_the_last_piece_can_be_had_whatever_share_may_be_held(make_order, plum, limits, stranger):
    limits(HELD_SHARE=0.2)
    Product.objects.filter(pk=plum.pk).update(pieces=2)
    make_order({plum: 1}, payment_method="voucher")
    with pytest.raises(TooMuchOpen):
        make_order({plum: 1}, payment_method="voucher", user=stranger)
    make_order({plum: 1}, user=stranger)


def test_the_merchant_sees_who_is_held_back_and_lets_them_go(make_order, plum, buyer, limits):
    limits(OPEN_UNPAID=1)
    make_order({plum: 1}, payment_method="voucher")
    with pytest.raises(TooMuchOpen):
        make_order({plum: 1}, payment_method="voucher")
    (seen,) = held_back()
    assert (seen.name, seen.subject, seen.times) == ("orders.unpaid", f"account {buyer.pk}", 1)
    let_go(seen.name, seen.subject)
    make_order({plum: 1}, payment_method="voucher")


def test_a_second_click_gets_the_order_that_is_there_and_is_not_held_back(buyer, plum, limits):
    limits(OPEN_UNPAID=1)
    from dailyfresh_orders.checkout.signed_quotes import signed

    address = AddressBook().choices(buyer)[0]
    token = signed(quote({str(plum.pk): 1}, source=BUY, address=address), user=buyer)
    placed = [place_order(user=buyer, token=token, address_id=address.id, payment_method="voucher") for _ in range(2)]
    assert [each.replayed for each in placed] == [False, True]
    assert held_back() == []


def test_a_guests_orders_become_an_accounts_that_has_as_many(make_order, plum, buyer, stranger):
    mine, theirs = make_order({plum: 1}), make_order({plum: 1}, user=stranger)
    assert mine.turn == theirs.turn == 1
    assert adopt(guest=stranger, user=buyer) == 1
    assert make_order({plum: 1}).turn == 2


def test_the_confirm_page_says_what_is_too_much(shop, buyer, plum, limits):
    limits(PIECES=(2, 24))
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{plum.pk}:3"})
    data = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    answer = shop.post(reverse("dailyfresh_orders:place"), data)
    assert answer.status_code == 409
    assert "at most 2 within 24 hours" in answer.content.decode()


def test_a_machine_that_places_orders_is_asked_to_wait(shop, settings):
    settings.DAILYFRESH = {"ALLOWANCES": {"quote": (1, 60)}}
    answers = [shop.post(reverse("dailyfresh_orders:quote"), {}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 429]
    assert int(answers[1]["Retry-After"]) > 0


def test_a_machine_that_looks_at_the_checkout_is_asked_to_wait(shop, plum, settings):
    settings.DAILYFRESH = {"ALLOWANCES": {"quote": (1, 60)}}
    cache.clear()
    page = reverse("dailyfresh_orders:confirm")
    assert [shop.get(page, {"buy": f"{plum.pk}:{n}"}).status_code for n in (1, 2)] == [200, 429]


def test_a_buyers_limits_are_two_statements_and_none_is_built_anew(make_order, plum, limits, monkeypatch):
    """To build and compile them took longer than everything else that is asked before an order."""
    limits(HELD_SHARE=0.5)
    built = []
    compiled = SQLCompiler.as_sql
    monkeypatch.setattr(
        SQLCompiler, "as_sql", lambda self, *args, **kw: built.append(self.query.model) or compiled(self, *args, **kw)
    )
    make_order({plum: 1})
    with CaptureQueriesContext(connection) as seen:
        make_order({plum: 1})
    looked = [each["sql"] for each in seen if "SUM" in each["sql"]]
    assert len(looked) == 2
    assert not {Order, OrderLine} & set(built)


def test_of_a_buyer_who_is_gone_nothing_is_counted(make_order, plum):
    order = make_order({plum: 1})
    Order.objects.filter(pk=order.pk).update(user=None)
    standing = Standing(None, [str(plum.pk)], window="1")
    assert (standing.unpaid, standing.on_delivery, standing.in_window, standing.pieces) == (0, (0, 0), 0, {})
