"""The gate before a flash sale: it sends away without a statement, and what it says is never the last word."""

from datetime import timedelta

import pytest
from dailyfresh_core.testing import service
from dailyfresh_promotions import gate
from dailyfresh_promotions.models import Limit
from dailyfresh_promotions.offers import Promotions
from django.utils import timezone
from minisite.shop import buy, move, offers

shop = Promotions()


@pytest.fixture
def gated(settings):
    """The gate in a Redis of ours, empty."""
    url = service("REDIS_URL")
    settings.DAILYFRESH_PROMOTIONS = {**settings.DAILYFRESH_PROMOTIONS, "GATE": url}
    client = gate.script(url).registered_client

    def empty():
        for key in client.scan_iter("dailyfresh:flash:*"):
            client.delete(key)

    empty()
    yield empty
    empty()


@pytest.fixture
def sale(rule, book):
    """A flash sale of three pieces, two for one buyer: (its source, the SKU)."""
    sku_id = book("60.00")
    ends = timezone.now() + timedelta(hours=1)
    items = [{"sku_id": sku_id, "price": "9.90", "quantity": 3, "per_buyer": 2}]
    return f"promotions:rule:{rule('flash', {}, items=items, ends=ends).pk}", sku_id


@pytest.fixture
def enter(sale):
    """Whether a buyer is let in with an attempt, for so many pieces."""

    def ask(user, token, pieces=1):
        source, sku_id = sale
        return shop.enter(sources=[source], quantities={sku_id: pieces}, user=user, token=token) == []

    return ask


@pytest.fixture
def leave(sale):
    return lambda token, placed: shop.leave(sources=[sale[0]], token=token, placed=placed)


def test_so_many_are_let_in_as_there_are_pieces_without_a_statement(
    gated, enter, buyer, other, django_assert_num_queries
):
    gate.fill()
    with django_assert_num_queries(0):
        assert enter(buyer, "a", 2)
        assert enter(other, "b")
        assert not enter(other, "c")
        assert enter(buyer, "a", 2)  # the same attempt, sent again


def test_a_buyer_has_so_many_passes_as_pieces_however_often_a_script_asks(gated, enter, buyer, other):
    gate.fill()
    assert [enter(buyer, f"try {n}") for n in range(1000)].count(True) == 2
    assert enter(other, "other")


def test_who_gets_no_order_gives_the_pass_back_and_who_gets_one_keeps_it(gated, enter, leave, buyer, other):
    gate.fill()
    assert enter(buyer, "a", 2)
    assert enter(other, "b")
    leave("a", placed=False)
    assert enter(other, "c")
    leave("c", placed=True)
    leave("c", placed=False)
    assert enter(buyer, "d")
    assert not enter(buyer, "e")


def test_the_pass_of_a_process_that_died_is_over_after_two_minutes(gated, enter, buyer, other, monkeypatch):
    gate.fill()
    assert enter(buyer, "a", 2)
    assert not enter(other, "b", 2)
    now = gate.time.time()
    monkeypatch.setattr(gate.time, "time", lambda: now + gate.PASS)
    assert enter(other, "b", 2)


def test_a_gate_that_was_lost_lets_through_and_is_filled_from_the_database(gated, sale, enter, leave, buyer, other):
    gate.fill()
    assert enter(buyer, "a")
    buy(buyer, {sale[1]: 1}, offers(buyer, {sale[1]: 1}))
    leave("a", placed=True)
    gated()
    assert all(enter(buyer, str(n), 2) for n in range(9))
    gate.fill()
    assert Limit.objects.get().taken == 1
    assert enter(buyer, "b", 2)  # the one piece that is left of theirs
    assert not enter(buyer, "c")
    assert [enter(other, f"other {n}") for n in range(3)].count(True) == 1


def test_filling_counts_who_is_inside(gated, enter, buyer, other):
    gate.fill()
    assert enter(buyer, "a", 2)
    gate.fill()
    assert enter(other, "b")
    assert not enter(other, "c")
    assert not enter(buyer, "d")


def test_pieces_of_a_cancelled_order_are_to_be_had_from_the_next_filling_on(gated, sale, enter, leave, buyer, other):
    gate.fill()
    assert enter(buyer, "a", 2)
    sold = buy(buyer, {sale[1]: 2}, offers(buyer, {sale[1]: 2}))
    leave("a", placed=True)
    assert not enter(other, "b", 2)
    move(sold, "cancelled", why="unpaid")
    gate.fill()
    assert enter(other, "b", 2)


def test_other_offers_and_other_goods_pass(gated, sale, buyer):
    gate.fill()
    for sources in (["promotions:rule:999"], ["promotions:coupon:7"], ["orders:freight", "anything"], []):
        assert shop.enter(sources=sources, quantities={sale[1]: 99}, user=buyer, token="a") == []
    assert shop.enter(sources=[sale[0]], quantities={"other": 99}, user=buyer, token="b") == []


@pytest.mark.parametrize(("away", "passes"), [("through", True), ("closed", False)])
def test_while_redis_is_away_buyers_ask_the_database_or_nobody(settings, enter, leave, buyer, away, passes):
    settings.DAILYFRESH_PROMOTIONS = {
        **settings.DAILYFRESH_PROMOTIONS,
        "GATE": "redis://127.0.0.1:1/0",
        "GATE_AWAY": away,
    }
    assert gate.fill() == 0
    assert enter(buyer, "a") is passes
    leave("a", placed=False)


def test_without_a_gate_everybody_asks_the_database(enter, leave, buyer, sale):
    assert all(enter(buyer, str(n), 99) for n in range(9))
    leave("a", placed=True)
    assert gate.fill() == 0
