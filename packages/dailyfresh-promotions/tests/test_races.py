"""Real processes at the same offers at once, on real database servers: what there is once, one gets."""

from pathlib import Path

import pytest
from dailyfresh_core.testing import service
from dailyfresh_core.testing.races import racers


@pytest.fixture(params=["DATABASE_URL", "POSTGRES_URL"])
def race(request):
    """Runs a scenario on a server, in a database of its own; gives what came of it."""
    with racers(request.param, "promotions_races", Path(__file__).parent) as run:
        yield run


def test_what_there_is_once_one_gets(race):
    """Each scenario in the same database after the other: a migration costs more than a race."""
    found = race("last_use")  # R4, R8
    assert found["came"] == [1, 15, 0, 0]
    assert found["budgets"] == [[1, 1, "0.00"]]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("scenario", "came"),
    [
        ("one_coupon", [1, 7, 0, 0]),  # R1
        ("last_money", [3, 13, 0, 0]),  # R5: three times ¥3.00 of ¥10.00, never a part
        ("one_buyer", [2, 6, 0, 0]),  # R6
        ("first_order", [1, 7, 0, 0]),  # R7
        ("released", [8, 0, 0, 0]),  # R17, R18
        ("one_of_a_batch", [1, 63, 0, 0]),
        ("one_of_a_user", [2, 10, 0, 0]),
    ],
)
def test_the_right_number_comes_through(race, scenario, came):
    found = race(scenario)
    assert found["came"] == came
    agree(found)


@pytest.mark.prove
def test_a_flash_sale_sells_what_there_is(race):
    found = race("flash")
    assert found["came"] == [16, 0, 0, 0]
    assert found["flash"] == [50, 50]
    assert found["sales"] == 50


@pytest.mark.prove
@pytest.mark.parametrize("away", [False, True])
def test_a_gate_sends_most_buyers_of_a_flash_sale_away_and_without_it_as_many_are_sold(race, away):
    """R34, R36; with the gate away every buyer comes to the database, and none is sold twice either."""
    found = race("rush", MINISITE_GATE="redis://127.0.0.1:1/0" if away else service("REDIS_URL"))
    *came, sent_away, came_to_the_database = found["came"]
    assert came == [16, 0, 0, 0]
    assert found["flash"] == [100, 100]
    assert found["sales"] == 100
    assert sent_away + came_to_the_database == 2000
    assert sent_away == 0 if away else sent_away >= 1600, found


@pytest.mark.prove
@pytest.mark.parametrize("scenario", ["market", "killed"])
def test_the_books_agree_after_a_market_and_after_one_whose_processes_were_killed(race, scenario):
    found = race(scenario)  # R13 to R16
    assert found["came"][2] == 0
    assert found["came"][3] == (8 if scenario == "killed" else 0)
    assert found["sales"] > 0
    agree(found)


@pytest.mark.prove
def test_whatever_dies_at_whichever_step_the_books_agree(race):
    found = race("killed_at_every_step")  # R15, R18
    assert found["came"]["wrong"] == []
    assert all(deaths > 5 for deaths in found["came"]["deaths"].values()), found
    assert found["came"]["uses"] == 4
    assert (found["sales"], found["flash"]) == (0, [0, 0])
    agree(found)


def agree(found):
    """Every counter is what the redemptions say."""
    assert found["disagreements"] == []
    assert all(uses == held and gap == "0.00" for uses, held, gap in found["budgets"]), found
    assert len(set(found["flash"])) == 1, found
    assert found["coupons"][0] == found["coupons"][1], found
    assert found["issued"][0] == found["issued"][1], found
