"""Orders that want the same offers at the same instant, in real processes against a real MariaDB or PostgreSQL."""

import pytest
from conftest import raced


@pytest.fixture
def race(server):
    def run(scenario):
        promotions = "minisite.shop.promotions.Promotions"
        result = raced("racing_offers.py", scenario, server=server, MINISITE_PROMOTIONS=promotions)
        assert result["disagreeing"] == []
        assert (result["strays"], result["vouchers_twice"], result["used_of_unpaid"]) == (0, 0, 0)
        assert result["taken"] == result["held"] == result["with_rule"]
        assert result["vouchers_in_orders"] == result["with_voucher"]
        return result

    return run


def test_one_coupon_is_in_one_of_eight_orders_at_once_and_the_others_are_asked_again(race):
    result = race("one coupon")
    assert result["seen"] == {"order": 1, "QuoteChanged": 7}
    assert (result["orders"], result["with_voucher"], result["left"]) == (1, 1, 99)


def test_one_quote_sent_eight_times_at_once_takes_its_offers_once(race):
    result = race("one quote")
    assert result["seen"] == {"order": 8}
    assert (result["orders"], result["with_rule"], result["with_voucher"], result["left"]) == (1, 1, 1, 99)


def test_one_quote_sent_with_another_coupon_is_the_same_order_or_is_asked_again(race):
    result = race("another coupon")
    assert set(result["seen"]) <= {"order", "QuoteChanged"}
    assert result["seen"]["order"] >= 4
    assert (result["orders"], result["with_voucher"]) == (1, 1)


def test_the_last_use_of_a_rule_goes_to_one_of_sixteen(race):
    result = race("last use")
    assert result["seen"] == {"order": 1, "QuoteChanged": 15}
    assert result["with_rule"] == 1


def test_a_short_stock_leaves_every_coupon_free(race):
    result = race("last piece")
    assert result["seen"]["order"] == 1
    assert result["seen"].get("OutOfStock", 0) + result["seen"].get("QuoteChanged", 0) == 15
    assert (result["orders"], result["with_voucher"], result["left"]) == (1, 1, 0)


def test_killed_processes_leave_no_half_taken_offer(race):
    result = race("killed")
    assert result["seen"]["killed"] > 1
    assert result["orders"] > 1


def test_what_unpaid_orders_hold_comes_back_once_whoever_ends_them(race):
    result = race("given back")
    assert not [said for said in result["seen"] if said.startswith("error")]
    assert (result["cancelled"], result["taken"], result["vouchers_in_orders"], result["left"]) == (16, 0, 0, 100)


def test_an_order_is_paid_and_keeps_its_offers_or_is_over_and_gives_them_back(race):
    result = race("paid or given back")
    assert not [said for said in result["seen"] if said.startswith("error")]
    assert result["paid"] + result["cancelled"] == 16
    assert result["left"] == 100 - result["paid"]
