"""The contract suites hold for the mini-site's own joins, which are ten lines each."""

import pytest
from dailyfresh_orders.testing import AddressBookContract, BasketContract, CatalogueContract
from minisite.shop.joins import AddressBook, Basket, Catalogue


@pytest.fixture
def sku_ids(apple, pear):
    return [str(apple.pk), str(pear.pk)]


@pytest.fixture
def user(buyer):
    return buyer


@pytest.fixture
def other_user(stranger):
    return stranger


class TestCatalogue(CatalogueContract):
    @pytest.fixture
    def catalogue(self):
        return Catalogue()


class TestBasket(BasketContract):
    @pytest.fixture
    def basket(self):
        return Basket()


class TestAddressBook(AddressBookContract):
    @pytest.fixture
    def address_book(self):
        return AddressBook()
