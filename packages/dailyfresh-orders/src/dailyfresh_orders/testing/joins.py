"""What the package relies on in a catalogue, a basket and an address book."""

from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.pricing.measures import measure_of
from dailyfresh_core.protocols import Catalogue

from ..protocols import AddressBook, Basket

STRANGE_IDS = [
    "",
    "0",
    "-1",
    "01",
    " 1",
    "1 ",
    "+1",
    "１",
    "1.0",
    "1e3",
    "abc",
    "9" * 40,
    "x" * 64,
    "1\x00",
    "' OR 1=1",
]
"""Things that are no id of anything; a provider leaves them out and raises nothing."""


@pytest.mark.django_db
class CatalogueContract:
    """Inherit it and give the fixtures `catalogue`, and `sku_ids`: at least two ids that are sold."""

    def test_finds_what_is_asked_for_and_nothing_else(self, catalogue: Catalogue, sku_ids: list[str]) -> None:
        found = catalogue.find(sku_ids[:1])
        assert list(found) == sku_ids[:1]
        assert found[sku_ids[0]].sku_id == sku_ids[0]

    def test_leaves_out_ids_that_nothing_is_sold_under(self, catalogue: Catalogue, sku_ids: list[str]) -> None:
        strange = [each for each in STRANGE_IDS if each not in sku_ids]
        assert set(catalogue.find([*strange, sku_ids[0]])) == {sku_ids[0]}
        assert not catalogue.find([])

    def test_says_all_that_an_order_writes_down(self, catalogue: Catalogue, sku_ids: list[str]) -> None:
        for item in catalogue.find(sku_ids).values():
            assert isinstance(item.unit_price, Decimal)
            assert item.unit_price == item.unit_price.quantize(Decimal("0.01"))
            assert item.unit_price >= 0
            assert item.name
            for text in (item.name, item.unit, item.image_name, item.image_url, item.url):
                assert isinstance(text, str)
            assert isinstance(item.on_sale, bool)
            assert item.available is None or isinstance(item.available, int)
            assert isinstance(item.requires_shipping, bool)
            measure_of(item)  # raises for one that cannot be
            assert item.limit is None or item.limit >= 1

    def test_answers_in_one_statement_however_many_are_asked_for(
        self, catalogue: Catalogue, sku_ids: list[str], django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(1):
            for item in catalogue.find(sku_ids).values():
                _ = (item.unit_price, item.image_url, item.url)


@pytest.mark.django_db
class BasketContract:
    """Inherit it and give the fixtures `basket`, `user` (whose basket is empty), `other_user` and `sku_ids` (two).

    `fill(user, {sku_id: quantity})` puts something in, if the basket itself has no `add`.
    """

    def fill(self, basket: Basket, user: Any, quantities: dict[str, int]) -> None:
        basket.add(user, quantities)  # type: ignore[attr-defined]

    def test_gives_the_lines_of_one_user(self, basket: Basket, user: Any, other_user: Any, sku_ids: list[str]) -> None:
        one, two = sku_ids[:2]
        self.fill(basket, user, {one: 2, two: 1})
        assert dict(basket.lines(user)) == {one: 2, two: 1}
        assert dict(basket.lines(user, [two])) == {two: 1}
        assert dict(basket.lines(user, ["x" * 64])) == {}
        assert dict(basket.lines(other_user)) == {}

    def test_takes_what_was_ordered_and_keeps_what_came_later(
        self, basket: Basket, user: Any, sku_ids: list[str]
    ) -> None:
        one, two = sku_ids[:2]
        self.fill(basket, user, {one: 2, two: 1})
        self.fill(basket, user, {one: 3})
        basket.settle(user, {one: 2}, "ref-1")
        assert dict(basket.lines(user)) == {one: 3, two: 1}

    def test_takes_once_for_each_reference(self, basket: Basket, user: Any, sku_ids: list[str]) -> None:
        one = sku_ids[0]
        self.fill(basket, user, {one: 5})
        basket.settle(user, {one: 2}, "ref-1")
        basket.settle(user, {one: 2}, "ref-1")
        assert dict(basket.lines(user)) == {one: 3}
        basket.settle(user, {one: 9}, "ref-2")
        assert dict(basket.lines(user)) == {}


@pytest.mark.django_db
class AddressBookContract:
    """Inherit it and give the fixtures `address_book`, `user` (with an address) and `other_user`."""

    def test_gives_the_addresses_of_one_user(self, address_book: AddressBook, user: Any, other_user: Any) -> None:
        chosen = address_book.choices(user)[0]
        assert address_book.get(user, chosen.id) == chosen
        assert address_book.get(other_user, chosen.id) is None

    def test_knows_no_strange_ids(self, address_book: AddressBook, user: Any) -> None:
        mine = {address.id for address in address_book.choices(user)}
        assert [each for each in STRANGE_IDS if each not in mine and address_book.get(user, each)] == []

    def test_says_all_that_an_order_writes_down(self, address_book: AddressBook, user: Any) -> None:
        for address in address_book.choices(user):
            for field in (
                "id",
                "receiver",
                "phone",
                "province_code",
                "province",
                "city",
                "district",
                "street",
                "postcode",
            ):
                assert isinstance(getattr(address, field), str)
            assert address.receiver
            assert address.street

    def test_leads_to_where_addresses_are_managed(self, address_book: AddressBook) -> None:
        assert "next=" in address_book.manage_url("/orders/confirm/?buy=1:2")
