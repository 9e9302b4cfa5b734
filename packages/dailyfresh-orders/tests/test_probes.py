"""`dailyfresh_check_joins` on a site that sells through the orders: what does not fit is a sentence, before anybody buys."""

from contextlib import suppress
from decimal import Decimal
from io import StringIO

import pytest
from dailyfresh_core.pricing.offers import GivenOffer, GivenShare
from django.core.management import CommandError, call_command
from minisite.shop.joins import Address, AddressBook, Basket, Catalogue, Item
from minisite.shop.models import Place
from minisite.shop.promotions import Promotions

JOINS = "minisite.shop.joins"


@pytest.fixture
def asked(buyer, apple, pear, in_basket):
    """Asks as somebody with an address and a filled basket; gives the sentences."""
    in_basket({apple: 1, pear: 2})

    def ask(**options):
        out, err = StringIO(), StringIO()
        try:
            call_command("dailyfresh_check_joins", user="lin", stdout=out, stderr=err, no_color=True, **options)
        except CommandError:
            return err.getvalue().strip().splitlines()
        assert err.getvalue() == ""
        assert out.getvalue().count("fits.") == 3
        return []

    return ask


@pytest.fixture
def given(monkeypatch):
    """Changes what a join of the site gives."""

    def change(cls, method, answer):
        monkeypatch.setattr(cls, method, answer)

    return change


def test_a_site_whose_joins_fit_hears_so(asked):
    assert asked() == []


def test_prices_kept_as_floats_are_told_with_their_field(asked, given, apple):
    goods = Catalogue.find
    cheap = {"unit_price": 5.5}
    given(
        Catalogue, "find", lambda self, ids: {key: Item(**vars(item) | cheap) for key, item in goods(self, ids).items()}
    )
    (said,) = asked()
    assert said.startswith('DAILYFRESH_ORDERS["CATALOGUE"]: minisite.shop.joins.Catalogue.find gave under')
    assert "an Item whose unit_price is 5.5, a float" in said


def test_a_catalogue_and_a_stock_that_count_differently_are_told(asked, given, apple):
    goods = Catalogue.find
    given(
        Catalogue,
        "find",
        lambda self, ids: {key: Item(**vars(item) | {"available": 7}) for key, item in goods(self, ids).items()},
    )
    assert f"has 7 of '{apple.pk}', and DAILYFRESH_ORDERS[\"STOCK\"] 10." in asked()[0]


def test_what_is_sold_without_a_row_of_stock_is_told(asked, given):
    goods = Catalogue.find
    song = Item("song", "A song", Decimal("1.00"), 3, True, None)
    given(Catalogue, "find", lambda self, ids: goods(self, ids) | ({"song": song} if "song" in ids else {}))
    (said,) = asked(sku=["song"])
    assert "sells 'song', and DAILYFRESH_ORDERS[\"STOCK\"] finds no such row" in said


@pytest.mark.parametrize(
    ("cls", "method", "answer", "sentence"),
    [
        (Basket, "lines", lambda self, user, ids=None: {1: 2}, "gave the key 1, an int, where text is asked for"),
        (Basket, "lines", lambda self, user, ids=None: {} if ids else {"1": 0}, "holds 0 pieces of '1'"),
        (Basket, "lines", lambda self, user, ids=None: {"1": 1}, "gave something for ''"),
        (AddressBook, "choices", lambda self, user: [Address(7, "L", "11")], "whose id is 7, an int, where text"),
        (AddressBook, "choices", lambda self, user: [Address("x" * 65, "L", "11")], "has 65 characters"),
        (
            AddressBook,
            "choices",
            lambda self, user: [Address("1", "L" * 61, "11")],
            "has 61 characters, and an order holds 60",
        ),
        (AddressBook, "get", lambda self, user, id: None, "get does not find"),
        (AddressBook, "get", lambda self, user, id: Place.objects.get(pk=id) and None, "get raised"),
        (AddressBook, "manage_url", lambda self, next: None, "manage_url gave None, where text is asked for"),
    ],
)
def test_a_basket_and_an_address_book_are_read_as_a_shop_reads_them(asked, given, cls, method, answer, sentence):
    given(cls, method, answer)
    assert any(sentence in said for said in asked())


def test_an_address_book_that_shows_somebody_elses_address_is_told(asked, given, buyer, stranger):
    given(
        AddressBook, "get", lambda self, user, id: next((each for each in self.choices(buyer) if each.id == id), None)
    )
    assert any("to another user, whose address it is not" in said for said in asked())


def test_what_is_counted_or_sent_needs_a_stock_and_an_address_book(asked, settings, apple):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"ADDRESS_BOOK": None, "STOCK": None}
    counted, sent = asked(sku=[str(apple.pk)])
    assert counted.endswith('DAILYFRESH_ORDERS["STOCK"] is None: nobody would take them.')
    assert sent.endswith('requires shipping, and DAILYFRESH_ORDERS["ADDRESS_BOOK"] is None.')


@pytest.fixture
def with_offers(settings, buyer, apple, pear):
    """Asks a site whose promotions are joined; gives all that is said."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PROMOTIONS": "minisite.shop.promotions.Promotions"}

    def ask():
        out = StringIO()
        with suppress(CommandError):
            call_command("dailyfresh_check_joins", user="lin", stdout=out, stderr=out, no_color=True)
        return [line for line in out.getvalue().splitlines() if "PROMOTIONS" in line or "Promotions" in line]

    return ask


def test_promotions_that_fit_are_told(with_offers):
    assert with_offers() == ['DAILYFRESH_ORDERS["PROMOTIONS"]: minisite.shop.promotions.Promotions fits.']


def test_promotions_that_take_too_much_or_ask_for_each_line_are_told(with_offers, given, apple):
    def price(self, items, **asked):
        for item in items:
            Place.objects.filter(receiver=item.sku_id).first()
        return GivenOffer([GivenShare("x", "x", {str(apple.pk): Decimal("-999.00")})])

    given(Promotions, "price", price)
    said = " ".join(with_offers())
    assert f"discounts that take line '{apple.pk}' below 0" in said
    assert "takes 2 statements for 2 lines and 1 for one" in said
