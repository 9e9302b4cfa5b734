"""One order moved from several sides at the same instant, in real processes on a real MariaDB or PostgreSQL."""

import pytest
from conftest import raced


@pytest.fixture
def race(server):
    def run(scenario, isolation="read committed"):
        joined = {"MINISITE_DELIVERY": "minisite.shop.delivery.Delivery", "MINISITE_ISOLATION": isolation}
        result = raced("racing_moves.py", scenario, server=server, **joined)
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


@pytest.mark.parametrize(
    ("way", "isolation", "most"),
    [
        ("at the door", "read committed", 6),
        ("at the door", "repeatable read", 6),
        ("turned", "read committed", 4),
        ("turned", "repeatable read", 4),
        ("crowded", "read committed", 6),  # check W011 warns of the other
    ],
)
def test_those_who_do_not_pay_now_hold_a_share_of_a_window_and_no_more_however_they_came_there(
    race, way, isolation, most
):
    assert race(way, isolation)["seen"] == {"held": most, "refused": 8 - most}


def test_race_41_orders_move_beside_cut_offs_closing_cancelling_and_the_clock(race):
    result = race("market")
    assert result["seen"] == {"through": 8}
    assert result["moves"] > 0
    assert result["cancelled"] > 0
