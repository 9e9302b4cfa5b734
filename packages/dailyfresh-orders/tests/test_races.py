"""Real processes against a real MariaDB or PostgreSQL. The short forms run always, the long ones by `pytest -m prove`."""

import json
import os
import subprocess
import sys

import pytest
from conftest import HERE, minisite_env, raced

STRATEGIES = {
    "pessimistic": "dailyfresh_orders.stock.pessimistic.PessimisticStock",
    "optimistic": "dailyfresh_orders.stock.optimistic.OptimisticStock",
    "conditional": "dailyfresh_orders.stock.conditional.ConditionalStock",
}


@pytest.fixture(params=STRATEGIES)
def race(request, server):
    """Runs a scenario of racing.py under one strategy."""

    def run(isolation="read committed", **scenario):
        return raced(
            "racing.py",
            json.dumps(scenario),
            server=server,
            timeout=scenario["seconds"] + 60,
            MINISITE_STOCK=STRATEGIES[request.param],
            MINISITE_ISOLATION=isolation,
        )

    return run


ONE_BUYER = {"what": "eager", "stock": 1000, "skus": 1, "lines": 1, "seconds": 1, "processes": 8}


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_a_buyer_who_orders_in_many_windows_at_once_keeps_to_the_pieces_that_one_may_have(race, isolation):
    result = race(isolation, **ONE_BUYER, pieces=30, limits={"PIECES": [100, 24]})
    assert result["seen"] == {"sold": 3, "refused": 5}
    assert (result["orders"], result["left"]) == (3, 910)


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_what_one_buyer_pays_at_the_door_keeps_to_its_limits_whichever_way_it_came_there(race):
    result = race(**ONE_BUYER, pieces=1, limits={"OPEN_ON_DELIVERY": 3}, turned=True)
    assert result["seen"] == {"sold": 3, "refused": 5}


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
@pytest.mark.parametrize("way", ["cod", "voucher"])
def test_buyers_at_the_same_instant_hold_the_share_that_nobody_has_to_have_paid_and_no_more(race, isolation, way):
    result = race(isolation, **ONE_BUYER, pieces=100, limits={"HELD_SHARE": 0.3, "PIECES": None}, crowd=True, way=way)
    assert result["seen"] == {"sold": 3, "refused": 5}
    assert (result["orders"], result["left"]) == (3, 700)


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_buyers_who_turn_to_the_door_at_the_same_instant_keep_to_the_share_as_well(race, isolation):
    """Of 600 pieces that are left, and what they hold themselves."""
    result = race(isolation, **ONE_BUYER, pieces=50, limits={"HELD_SHARE": 0.3}, crowd=True, turned=True)
    assert result["seen"] == {"sold": 5, "refused": 3}


def the_books_balance(result, *, start):
    assert result["wrong_stock"] == []
    assert result["half_orders"] == 0
    assert (result["unsettled"], result["settled"]) == (0, result["from_baskets"])
    assert result["sold"] + result["left"] == start


def nobody_saw_an_error(result):
    assert set(result["seen"]) <= {"sold", "refused"}


def test_many_buyers_of_the_last_pieces_get_every_piece_and_not_one_more(race):
    result = race(stock=100, skus=1, lines=1, seconds=30)
    nobody_saw_an_error(result)
    the_books_balance(result, start=100)
    assert (result["seen"]["sold"], result["left"]) == (100, 0)


def test_nothing_is_oversold_under_repeatable_read_either(race):
    result = race(isolation="repeatable read", stock=100, skus=1, lines=1, seconds=30)
    nobody_saw_an_error(result)
    the_books_balance(result, start=100)
    assert (result["seen"]["sold"], result["left"]) == (100, 0)


def test_baskets_in_random_order_neither_deadlock_nor_oversell(race):
    result = race(stock=400, skus=20, lines=5, most=3, seconds=1.5, patience=1000)
    nobody_saw_an_error(result)
    the_books_balance(result, start=20 * 400)


def test_the_contract_of_the_strategies_holds_on_the_server_too(server):
    if os.environ.get("MINISITE_DATABASE_URL"):
        pytest.skip("this run is on a server")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "test_stock.py"],
        env=minisite_env(server),
        cwd=HERE,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_killed_processes_leave_no_half_order(race):
    result = race(stock=5000, skus=20, lines=3, most=2, seconds=2.5, patience=1000, kill=0.25, basket=True, processes=4)
    nobody_saw_an_error(result)
    assert result["kills"] > 2
    the_books_balance(result, start=20 * 5000)


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_one_quote_submitted_by_eight_processes_at_once_is_one_order(race):
    result = race(what="same_quote", stock=10, skus=1, lines=1, seconds=5)
    assert list(result["seen"].values()) == [8]
    assert next(iter(result["seen"])).startswith("order ")
    assert (result["orders"], result["left"]) == (1, 9)


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_several_workers_cancel_every_unpaid_order_once_and_return_its_stock_once(race):
    result = race(what="clock", orders=12, stock=10, skus=4, lines=1, seconds=5, processes=6)
    assert result["seen"] == {"moved": 12}
    assert (result["cancelled"], result["logs"], result["left"]) == (12, 24, 40)
    assert result["wrong_stock"] == []


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_a_buyer_who_waited_long_for_a_lock_hears_that_the_shop_is_busy_and_waits_no_second_time(race):
    result = race(what="held", stock=10, skus=1, lines=1, seconds=1, processes=1)
    assert result["seen"] == {"tried": 1, "busy": 1}
    assert (result["orders"], result["left"]) == (0, 10)


@pytest.mark.parametrize("race", ["conditional"], indirect=True)
def test_forgetting_a_buyer_waits_for_a_refund_of_the_order_without_a_deadlock(race):
    assert race(what="erase", stock=10, skus=1, lines=1, seconds=1, processes=1)["seen"] == {"forgotten": 1}


@pytest.mark.prove
def test_proof_baskets_for_a_minute(race):
    result = race(stock=3000, skus=20, lines=5, most=3, seconds=60, patience=10**6)
    nobody_saw_an_error(result)
    the_books_balance(result, start=20 * 3000)


@pytest.mark.prove
def test_proof_baskets_for_a_minute_with_processes_killed(race):
    result = race(stock=10**6, skus=20, lines=5, most=3, seconds=60, patience=10**6, kill=0.3, basket=True)
    nobody_saw_an_error(result)
    assert result["kills"] > 50
    the_books_balance(result, start=20 * 10**6)
