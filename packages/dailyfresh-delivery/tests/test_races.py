"""Real processes at the same windows at once, on real database servers: what there is once, one gets."""

from pathlib import Path

import pytest
from dailyfresh_core.testing.races import racers


@pytest.fixture(params=["DATABASE_URL", "POSTGRES_URL"])
def race(request):
    """Runs a scenario on a server, in a database of its own; gives how many came through, after the books were seen to agree."""
    with racers(request.param, "delivery_races", Path(__file__).parent) as run:

        def race(scenario):
            found = run(scenario)
            print(scenario, found)
            assert (found["disagreeing"], found["over"], found["strays"]) == ([], 0, 0)
            assert (found["overlapping"], found["on holidays"], found["not there"]) == ([], [], [])
            return found["came"]

        yield race


def test_the_last_places_are_sold_once(race):
    """Race 10, and sixty-four buyers for ten places; in one database after the other: a migration costs more than a race."""
    assert race("last_place") == [1, 15, 0, 0]
    assert race("last_ten") == [10, 54, 0, 0]


def test_a_rule_of_the_site_about_what_is_left_is_kept_by_everybody_at_once(race):
    assert race("half") == [4, 12, 0, 0]


@pytest.mark.prove
@pytest.mark.parametrize(
    ("scenario", "came"),
    [
        ("last_weight", [3, 13, 0, 0]),
        ("cut_off", [8, 0, 0, 0]),  # R11
        ("released", [8, 0, 0, 0]),  # R17
        ("two_ways", [16, 0, 0, 0]),  # R14
        ("closing", [16, 0, 0, 0]),  # R41
        ("market", [8, 0, 0, 0]),
        ("staffs", [8, 0, 0, 0]),
        ("killed", [0, 0, 0, 8]),  # R15
    ],
)
def test_no_window_is_sold_twice_or_lost_in_a_crowd(race, scenario, came):
    assert race(scenario) == came
