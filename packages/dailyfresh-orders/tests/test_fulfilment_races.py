"""Pickers, buyers and staff at one box at the same instant, in real processes on a real MariaDB or PostgreSQL."""

import pytest
from conftest import raced


@pytest.fixture
def race(server):
    def run(scenario):
        result = raced("racing_fulfilment.py", scenario, server=server)
        assert (result["disagreeing"], result["too_much"], result["open"]) == ([], [], 0)
        assert result["settled"] == result["done"]
        # Of an order that was withdrawn once it was packed, what was written off does not come back.
        assert result["given"].get("1") in (None, 1000 - result["left"]["1"])
        return result

    return run


def test_race_23_a_box_that_is_closed_from_eight_phones_is_settled_once(race):
    result = race("finish")
    assert result["seen"] == {"done": 8}
    assert (result["refunds"], result["back"]) == (1, "20.00")


def test_a_pick_that_is_sent_eight_times_at_once_is_one(race):
    result = race("one pick")
    assert result["seen"] == {"picked": 8}
    assert result["picks"] == 1


def test_race_28_the_last_goods_to_give_in_place_are_given_once(race):
    result = race("last in place")
    assert result["seen"] == {"done": 3, "OutOfStock": 5}
    assert (result["left"]["2"], result["refunds"]) == (0, 3)


def test_race_29_the_last_of_a_batch_goes_into_one_box_and_the_next_one_gets_the_next_batch(race):
    result = race("last of a batch")
    assert result["seen"] == {"done": 8}
    assert (result["batches"], result["out_of_step"]) == ({"soon": 0, "late": 990 - 22}, [])


def test_race_22_and_26_a_whole_refund_beside_the_closing_never_gives_back_more_than_came_in(race):
    result = race("refund")
    assert result["seen"]["done"] == 4
    assert result["refunds"] == 1
    assert result["back"] in ("20.00", "80.00")


def test_an_order_is_packed_or_withdrawn(race):
    result = race("withdraw")
    assert set(result["seen"]) <= {"done", "withdrawn", "packed first", "NotGivable"}
    assert result["seen"]["withdrawn"] == 1


@pytest.mark.prove
def test_pickers_who_die_settle_nothing_twice(race):
    result = race("killed")
    assert result["seen"]["killed"] > 0
    assert (result["settled"], result["refunds"], result["back"]) == (12, 12, "240.00")
