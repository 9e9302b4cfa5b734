"""One order moved from several sides at the same instant, in real processes on a real MariaDB or PostgreSQL."""

import pytest
from conftest import raced


@pytest.fixture
def race(server):
    def run(scenario):
        result = raced("racing_moves.py", scenario, server=server, MINISITE_DELIVERY="minisite.shop.delivery.Delivery")
        wrong = ("elsewhere", "strays", "miscounted", "over", "disagreeing")
        assert {name: result[name] for name in wrong} == dict.fromkeys(wrong, [])
        assert result["returned"] == result["lowered"]
        return result

    return run


def test_an_order_that_its_buyer_and_staff_move_at_once_has_one_place_and_each_difference_goes_back_once(race):
    result = race("eight sides")
    assert set(result["seen"]) <= {"moved", "stayed"}
    assert result["seen"]["moved"] >= 4, "the same window again is no other move"
    assert sorted(result["taken"]) == [0, 0, 1]
    assert 1 <= result["moves"] <= 2


def test_the_last_places_of_a_window_are_moved_into_once(race):
    result = race("last places")
    assert result["seen"] == {"moved": 3, "stayed": 5}
    assert (result["taken"], result["returned"]) == ([5, 3], "3.00")


def test_one_buyer_moves_no_more_unpaid_orders_into_a_window_than_may_be_there(race):
    assert race("one buyer's")["seen"] == {"moved": 3, "stayed": 5}


def test_race_41_orders_move_beside_cut_offs_closing_cancelling_and_the_clock(race):
    result = race("market")
    assert result["seen"] == {"through": 8}
    assert result["moves"] > 0
    assert result["cancelled"] > 0
