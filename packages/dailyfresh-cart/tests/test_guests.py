"""A guest's cart: its cookie, and the one merge when the guest signs in."""

import threading
import time
from typing import Any

import pytest
from conftest import ask, quantities, sign_in
from dailyfresh_cart import owners, services
from dailyfresh_cart.basket import Basket
from dailyfresh_cart.signals import cart_merged
from dailyfresh_cart.stores import store
from dailyfresh_cart.stores.base import Change, Kind, Owner, Terms, user_owner
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.test import Client
from minisite.books import Catalogue

pytestmark = pytest.mark.usefixtures("any_store")
COOKIE = "dailyfresh_cart"


def guest_of(client: Client) -> Owner:
    request = HttpRequest()
    request.COOKIES[COOKIE] = client.cookies[COOKIE].value
    guest = owners.guest_of(request)
    assert guest
    return guest


def test_looking_makes_no_cookie_and_adding_makes_one_that_scripts_cannot_read(client: Client, book: Any) -> None:
    sku_id = str(book().pk)
    client.get("/shop/basket/")
    ask(client, "visitor")
    ask(client, "add", sku_id=sku_id, quantity=0)
    assert COOKIE not in client.cookies
    ask(client, "add", sku_id=sku_id)
    cookie = client.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 30 * 86400
    assert ask(client, "visitor")["data"]["cart"] == {"available": True, "count": 1, "lines": {sku_id: 1}}


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "g%3Ax"])
def test_a_cookie_that_was_made_up_opens_no_cart(client: Client, book: Any, value: str) -> None:
    other = Client()
    ask(other, "add", sku_id=book().pk)
    token, _stamp, signature = other.cookies[COOKIE].value.rsplit(":", 2)
    for forged in (value, token, f"{token}:{signature}", f"x{other.cookies[COOKIE].value}"):
        client.cookies[COOKIE] = forged
        assert quantities(client) == {}


def test_a_secure_site_sends_a_secure_cookie(client: Client, book: Any, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    ask(client, "add", sku_id=book().pk)
    assert client.cookies[COOKIE]["secure"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("sum", {"a": 5, "b": 1, "c": 4}), ("max", {"a": 3, "b": 1, "c": 4}), ("replace", {"a": 3, "c": 4})],
)
def test_signing_in_merges_by_the_policy(
    client: Client, book: Any, buyer: User, settings: Any, policy: str, expected: dict[str, int]
) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"MERGE_POLICY": policy}
    ids = {title: str(book(title).pk) for title in "abc"}
    Basket().add(buyer, {ids["a"]: 2, ids["b"]: 1})
    ask(client, "add", sku_id=ids["a"], quantity=3)
    ask(client, "add", sku_id=ids["c"], quantity=4)
    sign_in(client, buyer)
    assert quantities(client) == {ids[title]: n for title, n in expected.items()}
    html = client.get("/shop/basket/").content.decode()
    assert "2 items that you chose before signing in are in your cart." in html


def test_the_guests_ticks_and_prices_come_along(client: Client, book: Any, buyer: User) -> None:
    ulysses = book()
    ask(client, "add", sku_id=ulysses.pk)
    ask(client, "select", sku_id=ulysses.pk, selected=0)
    ulysses.price = 20
    ulysses.save()
    sign_in(client, buyer)
    (line,) = ask(client, "lines")["data"]["lines"]
    assert (line["selected"], line["price_change"]) == (False, "-9.90")


def test_no_line_grows_beyond_what_there_is_and_the_buyer_is_told(client: Client, book: Any, buyer: User) -> None:
    few, off, gone = book(copies=4), book("Exiles"), book("Chamber Music")
    Basket().add(buyer, {str(few.pk): 3})
    for one in (few, off, gone):
        ask(client, "add", sku_id=one.pk, quantity=2)
    off.in_print = False
    off.save()
    number = gone.pk
    gone.delete()
    sign_in(client, buyer)
    assert quantities(client) == {str(few.pk): 4}
    html = client.get("/shop/basket/").content.decode()
    assert "Fewer than you chose, as there are no more to be had: Ulysses." in html
    assert f"Left out, as it cannot be bought now: Exiles and {number}." in html


def test_a_second_sign_in_merges_nothing_again(client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    for _time in range(3):
        sign_in(client, buyer)
        assert quantities(client) == {sku_id: 2}


def test_what_a_guest_adds_after_signing_out_is_merged_the_next_time(client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    sign_in(client, buyer)
    cookie = client.cookies[COOKIE].value
    client.logout()
    client.cookies[COOKIE] = cookie
    assert quantities(client) == {}
    ask(client, "add", sku_id=sku_id)
    sign_in(client, buyer)
    assert quantities(client) == {sku_id: 3}


def test_two_tabs_that_sign_in_with_one_cookie_merge_once(book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    first = Client()
    ask(first, "add", sku_id=sku_id, quantity=2)
    second = Client()
    second.cookies[COOKIE] = first.cookies[COOKIE].value
    sign_in(first, buyer)
    sign_in(second, buyer)
    assert quantities(first) == quantities(second) == {sku_id: 2}


def test_a_merge_that_died_half_way_is_finished_by_the_next(client: Client, book: Any, buyer: User) -> None:
    first, second = str(book().pk), str(book("Dubliners").pk)
    ask(client, "add", sku_id=first, quantity=2)
    guest, user = guest_of(client), user_owner(buyer)
    # Died after the lines were set aside, and again after they had been merged but not released.
    claim = store().claim(guest, user, reference="merge:1", lifetime=60)
    ask(client, "add", sku_id=second)
    assert services.merge(guest=guest, user=user).lines == {first: 2, second: 1}
    assert Basket().lines(buyer) == {first: 2, second: 1}
    ask(client, "add", sku_id=first)
    claim = store().claim(guest, user, reference="merge:2", lifetime=60)
    assert claim
    changes = [Change.of(Kind.ADD, sku_id, line) for sku_id, line in claim.lines.items()]
    assert store().change(user, changes, Terms(reference=claim.reference, remember=60)).applied
    assert services.merge(guest=guest, user=user).lines == {}
    assert Basket().lines(buyer) == {first: 3, second: 1}


def test_a_catalogue_that_breaks_keeps_nobody_out_and_the_lines_come_later(
    client: Client, book: Any, buyer: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    with monkeypatch.context() as broken:
        broken.setattr(Catalogue, "find", lambda *args: {}["no such shelf"])
        sign_in(client, buyer)
    assert "no such shelf" in caplog.text
    assert quantities(client) == {sku_id: 2}


def test_an_error_of_the_database_in_a_merge_does_not_end_the_transaction_of_the_request(
    client: Client, book: Any, buyer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)

    def refused(*args: Any) -> None:
        with transaction.atomic(savepoint=False):  # leaves what is around it unusable, as PostgreSQL does
            raise DatabaseError("no such shelf")

    with monkeypatch.context() as broken:
        broken.setattr(Catalogue, "find", refused)
        sign_in(client, buyer)
    assert quantities(client) == {sku_id: 2}


def test_of_two_accounts_one_gets_the_guests_lines(client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    guest, other = guest_of(client), User.objects.create_user("leopold")
    store().claim(guest, user_owner(other), reference="merge:1", lifetime=60)
    assert services.merge(guest=guest, user=user_owner(buyer)).lines == {}
    services.merge(guest=guest, user=user_owner(other))
    assert (Basket().lines(buyer), Basket().lines(other)) == ({}, {sku_id: 2})


def test_a_merge_that_died_leaves_the_next_account_its_own_lines(client: Client, book: Any, buyer: User) -> None:
    first, second = str(book().pk), str(book("Dubliners").pk)
    ask(client, "add", sku_id=first)
    guest, other = guest_of(client), User.objects.create_user("leopold")
    store().claim(guest, user_owner(other), reference="merge:1", lifetime=60)
    ask(client, "add", sku_id=second)
    sign_in(client, buyer)
    assert quantities(client) == {second: 1}
    services.merge(guest=guest, user=user_owner(other))
    assert Basket().lines(other) == {first: 1}


def test_a_merge_is_a_signal(client: Client, book: Any, buyer: User) -> None:
    heard: list[dict[str, Any]] = []

    def hear(**told: Any) -> None:
        heard.append(told)

    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    cart_merged.connect(hear)
    try:
        sign_in(client, buyer)
        sign_in(client, buyer)
    finally:
        cart_merged.disconnect(hear)
    assert [(one["owner"], one["merged"]) for one in heard] == [(user_owner(buyer), {sku_id: 1})]


def test_a_deleted_user_leaves_no_cart(book: Any, buyer: User, django_capture_on_commit_callbacks: Any) -> None:
    Basket().add(buyer, {str(book().pk): 1})
    owner = user_owner(buyer)
    with django_capture_on_commit_callbacks(execute=True):
        buyer.delete()
    assert store().read(owner) == {}


def test_forgetting_drops_the_cart_and_all_that_is_remembered(book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    Basket().add(buyer, {sku_id: 3})
    Basket().settle(buyer, {sku_id: 1}, "order 1")
    assert services.forget(user_id=str(buyer.pk)) is True
    assert services.forget(user_id=str(buyer.pk)) is False
    Basket().add(buyer, {sku_id: 3})
    Basket().settle(buyer, {sku_id: 1}, "order 1")
    assert Basket().lines(buyer) == {sku_id: 2}


def test_old_guest_carts_expire_and_users_and_fresh_ones_stay(client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    Basket().add(buyer, {sku_id: 1})
    assert services.expire_guests(days=1) == services.Expired(seen=1, dropped=0)
    late = time.time() + 2 * 86400
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dailyfresh_cart.services.carts.time.time", lambda: late)
        assert services.expire_guests(days=1, dry_run=True) == services.Expired(seen=1, dropped=1)
        assert quantities(client) == {sku_id: 1}
        assert services.expire_guests(days=1) == services.Expired(seen=1, dropped=1)
    assert quantities(client) == {}
    assert Basket().lines(buyer) == {sku_id: 1}


@pytest.mark.parametrize("any_store", ["redis"], indirect=True)
def test_redis_forgets_a_guests_cart_by_itself_and_keeps_a_users(
    in_redis: Any, client: Client, book: Any, buyer: User
) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    Basket().add(buyer, {sku_id: 1})
    guest = f"{in_redis.prefix}:{{{guest_of(client).key}}}"
    assert 30 * 86400 - 60 < in_redis.client.ttl(guest) <= 30 * 86400
    assert 30 * 86400 - 60 < in_redis.client.ttl(f"{guest}:notes") <= 30 * 86400
    assert in_redis.client.ttl(f"{in_redis.prefix}:{{u:{buyer.pk}}}") == -1


@pytest.mark.parametrize("any_store", ["redis"], indirect=True)
def test_eight_merges_at_once_count_once(in_redis: Any, client: Client, book: Any, buyer: User) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=2)
    guest, user = guest_of(client), user_owner(buyer)
    product = Catalogue().find([sku_id])
    with pytest.MonkeyPatch.context() as patch:
        # Threads have no share in this test's open transaction.
        patch.setattr("dailyfresh_cart.services.carts.find_products", lambda ids: product if ids else {})
        threads = [threading.Thread(target=lambda: services.merge(guest=guest, user=user)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Basket().lines(buyer) == {sku_id: 2}


def test_new_carts_and_changes_have_an_allowance(book: Any, settings: Any) -> None:
    cache.clear()
    settings.DAILYFRESH = {"ALLOWANCES": {"guest_cart": (2, 3600), "cart": (3, 60)}}
    sku_id, known = str(book().pk), Client()
    assert ask(known, "add", sku_id=sku_id)["status"] == 200
    assert [ask(Client(), "add", sku_id=sku_id)["status"] for _ in range(2)] == [200, 429]
    assert ask(known, "add", sku_id=sku_id)["code"] == "throttled"
    settings.DAILYFRESH = {"ALLOWANCES": {"guest_cart": (2, 3600), "cart": None}}
    assert ask(known, "add", sku_id=sku_id)["status"] == 200
