"""cart_stats and cart_expire_guests."""

import time
from io import StringIO
from typing import Any

import pytest
from conftest import ask, quantities
from dailyfresh_cart.basket import Basket
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = pytest.mark.usefixtures("any_store")


def said(*args: Any) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_stats_count_carts_lines_and_pieces(client: Client, book: Any, buyer: Any) -> None:
    first, second = str(book().pk), str(book("Dubliners").pk)
    Basket().add(buyer, {first: 3, second: 1})
    ask(client, "add", sku_id=first)
    text = said("cart_stats")
    assert "carts of users   1\n" in text
    assert "carts of guests  1\n" in text
    assert "lines            3 (1.5 in a cart, at most 2)\n" in text
    assert "pieces           5\n" in text


def test_stats_of_nothing_are_noughts(db: None) -> None:
    assert "lines            0 (0.0 in a cart, at most 0)" in said("cart_stats")


def test_expiry_says_what_it_did(client: Client, book: Any) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    assert said("cart_expire_guests") == "1 carts of guests, 0 dropped.\n"
    with pytest.MonkeyPatch.context() as patch:
        late = time.time() + 3 * 86400
        patch.setattr("dailyfresh_cart.services.carts.time.time", lambda: late)
        assert said("cart_expire_guests", "--days=2", "--dry-run") == "1 carts of guests, 1 would be dropped.\n"
        assert quantities(client) == {sku_id: 1}
        assert said("cart_expire_guests", "--days=2") == "1 carts of guests, 1 dropped.\n"
    assert quantities(client) == {}


def test_expiry_wants_a_day_at_least(db: None) -> None:
    with pytest.raises(CommandError, match="from 1"):
        call_command("cart_expire_guests", "--days=0")


def test_a_store_that_is_down_is_said_in_one_line(behind_a_line: Any) -> None:
    behind_a_line.cut()
    for name in ("cart_stats", "cart_expire_guests"):
        with pytest.raises(CommandError, match="Redis does not answer"):
            call_command(name)
