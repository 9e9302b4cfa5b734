"""Favourites, and being told when something is back."""

from typing import Any

import pytest
from conftest import BASE, Shop
from dailyfresh_goods.models import Wish
from dailyfresh_goods.services import add_stock, put_on_sale, take_off_sale, tell_of_returns
from dailyfresh_goods.signals import back_in_stock
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

SCRIPT = {"headers": {"X-Requested-With": "XMLHttpRequest"}}
OURS = {"headers": {"sec-fetch-site": "same-origin"}}


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("ann")


@pytest.fixture
def ann(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def told() -> Any:
    """What the site was told: (sku_id, name, people), as long as somebody listens."""
    heard: list[tuple[str, str, dict[Any, str]]] = []

    def hear(sku_id: str, name: str, people: dict[Any, str], **_: Any) -> None:
        heard.append((sku_id, name, people))

    back_in_stock.connect(hear)
    yield heard
    back_in_stock.disconnect(hear)


def wish(client: Client, sku: Any, kind: str = "favourite", on: int = 1, **how: Any) -> Any:
    return client.post(f"{BASE}/wishes/{kind}/{sku.pk}/", {"on": on}, **how)


def test_a_favourite_is_on_the_page_until_it_is_taken_off(ann: Client, shop: Shop) -> None:
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    for sku in (apple, apple, pear):
        assert wish(ann, sku).status_code == 302
    page = ann.get(f"{BASE}/wishes/").content.decode()
    assert page.index("Pear") < page.index("Apple")
    assert page.count("data-goods-card") == 2

    wish(ann, pear, on=0)

    assert "Pear" not in ann.get(f"{BASE}/wishes/").content.decode()


def test_the_page_says_what_is_sold_out_and_what_is_no_longer_sold(ann: Client, shop: Shop) -> None:
    gone, out = shop.sku("Gone"), shop.sku("Out", stock=0)
    for sku in (gone, out):
        wish(ann, sku)
    take_off_sale(sku_ids=[str(gone.pk)])

    page = ann.get(f"{BASE}/wishes/").content.decode()

    assert "No longer on sale" in page
    assert "Sold out" in page
    assert f'href="{gone.get_absolute_url()}"' not in page


def test_without_javascript_the_button_is_a_link_to_a_page_that_asks(ann: Client, shop: Shop) -> None:
    apple = shop.sku("Apple")
    detail = ann.get(apple.get_absolute_url()).content.decode()
    assert f'href="{BASE}/wishes/favourite/{apple.pk}/"' in detail
    assert 'method="post"' not in detail

    asked = ann.get(f"{BASE}/wishes/favourite/{apple.pk}/").content.decode()

    assert "Add to favourites" in asked
    assert "csrfmiddlewaretoken" in asked
    assert not Wish.objects.exists()


def test_a_guest_signs_in_first_and_comes_back(client: Client, shop: Shop) -> None:
    path = f"{BASE}/wishes/favourite/{shop.sku().pk}/"

    assert client.get(path).url == f"/admin/login/?next={path}"
    assert client.post(path, **SCRIPT).status_code == 401
    assert not Wish.objects.exists()


def test_the_visitor_request_says_which_wishes_there_are_for_what_is_looked_at(ann: Client, shop: Shop) -> None:
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    wish(ann, apple)

    def wishes(client: Client, sku: Any) -> object:
        return client.get(f"{BASE}/visitor/", {"viewed": sku.pk}, **OURS).json()["data"].get("wishes")

    assert (wishes(ann, apple), wishes(ann, pear), wishes(Client(), apple)) == (["favourite"], [], None)


def test_one_account_sees_and_changes_its_own_wishes_only(ann: Client, shop: Shop) -> None:
    apple, bob = shop.sku("Apple"), Client()
    bob.force_login(User.objects.create_user("bob"))
    wish(bob, apple)

    wish(ann, apple, on=0)

    assert "Apple" not in ann.get(f"{BASE}/wishes/").content.decode()
    assert Wish.objects.count() == 1


@pytest.mark.parametrize("path", ["favourite/999999/", "nonsense/1/", f"favourite/{2**70}/"])
def test_what_is_not_there_is_a_404(ann: Client, shop: Shop, path: str) -> None:
    shop.sku()
    assert ann.post(f"{BASE}/wishes/{path}", {"on": 1}).status_code == 404
    assert ann.get(f"{BASE}/wishes/{path}").status_code == 404


def test_there_are_only_so_many(ann: Client, shop: Shop, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "WISHES": 1}
    apple, pear = shop.sku("Apple"), shop.sku("Pear")
    wish(ann, apple)

    assert wish(ann, apple, **SCRIPT).json()["ok"]
    refused = wish(ann, pear, **SCRIPT)

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
    assert Wish.objects.get().sku == apple


def test_a_machine_that_wishes_without_end_is_held_back(ann: Client, shop: Shop, settings: Any) -> None:
    settings.DAILYFRESH = {"ALLOWANCES": {"wish": (2, 3600)}}
    apple = shop.sku()

    assert [wish(ann, apple, **SCRIPT).status_code for _ in range(3)] == [200, 200, 429]


def test_a_shop_may_offer_no_wishes(ann: Client, shop: Shop, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "WISHES": 0}
    apple = shop.sku()

    assert "/wishes/" not in ann.get(apple.get_absolute_url()).content.decode()
    assert wish(ann, apple).status_code == 404


def test_who_waits_is_told_once_when_it_can_be_bought_again(
    ann: Client, user: User, shop: Shop, told: Any, committing: Any
) -> None:
    crab = shop.sku("Crab", stock=0)
    assert f"{BASE}/wishes/back/{crab.pk}/" in ann.get(crab.get_absolute_url()).content.decode()
    wish(ann, crab, "back")
    assert tell_of_returns() == 0

    with committing():
        add_stock(sku_id=str(crab.pk), pieces=5)

    assert (tell_of_returns(), tell_of_returns()) == (1, 0)
    assert told == [(str(crab.pk), "Crab 500g", {user.pk: "en"})]
    assert not Wish.objects.exists()


def test_each_is_told_the_name_in_the_language_they_read(shop: Shop, told: Any) -> None:
    crab = shop.sku("Crab", translations={"zh-hans": {"name": "大闸蟹"}})
    people = [User.objects.create_user(name) for name in ("ann", "lin", "bob")]
    for person, language in zip(people, ("en", "zh-hans", "en"), strict=True):
        Wish.objects.create(user=person, kind="back", sku=crab, language=language)
    assert tell_of_returns() == 3
    ann, lin, bob = (person.pk for person in people)
    assert told == [
        (str(crab.pk), "Crab 500g", {ann: "en", bob: "en"}),
        (str(crab.pk), "大闸蟹 500g", {lin: "zh-hans"}),
    ]


def test_what_is_off_sale_is_back_when_it_is_on_sale(ann: Client, shop: Shop, told: Any) -> None:
    apple = shop.sku()
    wish(ann, apple, "back")
    take_off_sale(sku_ids=[str(apple.pk)])
    assert tell_of_returns() == 0

    put_on_sale(sku_ids=[str(apple.pk)])

    assert tell_of_returns() == 1


def test_a_favourite_is_nothing_to_be_told_of(ann: Client, shop: Shop, told: Any) -> None:
    wish(ann, shop.sku())

    assert tell_of_returns() == 0
    assert Wish.objects.count() == 1


def test_what_the_site_could_not_take_is_told_again(ann: Client, shop: Shop, told: Any) -> None:
    wish(ann, shop.sku(), "back")

    def fail(**_: Any) -> None:
        raise RuntimeError

    back_in_stock.connect(fail)
    with pytest.raises(RuntimeError):
        tell_of_returns()
    back_in_stock.disconnect(fail)

    assert tell_of_returns() == 1


def test_where_nobody_listens_nobody_is_promised_anything(ann: Client, shop: Shop) -> None:
    crab = shop.sku("Crab", stock=0)
    assert f"{BASE}/wishes/back/" not in ann.get(crab.get_absolute_url()).content.decode()
    wish(ann, crab, "back")
    add_stock(sku_id=str(crab.pk), pieces=5)

    assert tell_of_returns() == 0
    assert Wish.objects.count() == 1


def test_six_wishes_ask_no_more_questions_than_one(ann: Client, shop: Shop) -> None:
    skus = shop.skus(6)

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            ann.get(f"{BASE}/wishes/")
        return len(asked)

    wish(ann, skus[0])
    questions()
    one = questions()
    for sku in skus[1:]:
        wish(ann, sku)

    assert questions() == one
