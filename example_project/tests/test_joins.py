"""What one package asks of another, asked of the provider that the settings name."""

from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from dailyfresh_cart.testing import CatalogueContract as CartCatalogueContract
from dailyfresh_core.pricing.offers import Goods
from dailyfresh_core.protocols import Catalogue
from dailyfresh_delivery.models import Slot
from dailyfresh_goods.models import SKU
from dailyfresh_orders import joins
from dailyfresh_orders.protocols import Address, AddressBook, Basket, Delivery, Promotions
from dailyfresh_orders.stock import Stock, stock
from dailyfresh_orders.testing import (
    AddressBookContract,
    BasketContract,
    CatalogueContract,
    DeliveryContract,
    PromotionsContract,
    StockContract,
)
from dailyfresh_promotions.models import Batch, Rule
from dailyfresh_promotions.services import issue
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from django.utils.module_loading import import_string


@pytest.fixture
def user(buyer: Any) -> Any:
    return buyer


@pytest.fixture
def other_user(stranger: Any) -> Any:
    return stranger


@pytest.fixture
def sku_ids(db: None) -> list[str]:
    on_sale = SKU.objects.filter(on_sale=True, stock__gt=20, limit=None).order_by("pk")
    return [str(pk) for pk in on_sale.values_list("pk", flat=True)[:3]]


@pytest.mark.django_db
class TestCatalogueOfTheCart(CartCatalogueContract):
    @pytest.fixture
    def catalogue(self) -> Any:
        return import_string(settings.DAILYFRESH_CART["CATALOGUE"])()

    @pytest.fixture
    def known(self, sku_ids: list[str]) -> list[str]:
        return sku_ids


class TestCatalogueOfTheOrders(CatalogueContract):
    @pytest.fixture
    def catalogue(self) -> Catalogue:
        return joins.catalogue()


class TestBasketOfTheOrders(BasketContract):
    @pytest.fixture
    def basket(self) -> Basket | None:
        return joins.basket()


class TestAddressBookOfTheOrders(AddressBookContract):
    @pytest.fixture
    def address_book(self) -> AddressBook:
        return joins.address_book()


class TestStockOfTheGoods(StockContract):
    @pytest.fixture
    def strategy(self) -> Stock:
        return stock()

    @pytest.fixture
    def rows(self, sku_ids: list[str]) -> list[str]:
        SKU.objects.filter(pk__in=sku_ids[:2]).update(stock=10)
        return sku_ids[:2]


class TestDeliveryOfTheOrders(DeliveryContract):
    @pytest.fixture
    def delivery(self) -> Delivery:
        return joins.DELIVERY.made()

    @pytest.fixture
    def address(self, user: Any) -> Address:
        return joins.ADDRESS_BOOK.made().choices(user)[0]

    @pytest.fixture
    def windows(self, delivery: Delivery, address: Address) -> tuple[str, str]:
        open_ones = [each for each in delivery.choices(address=address, grams=1000, at=timezone.now()) if each.open]
        Slot.objects.filter(pk=open_ones[-2].id).update(capacity=1)
        return open_ones[-2].id, open_ones[-1].id


class TestPromotionsOfTheOrders(PromotionsContract):
    @pytest.fixture
    def promotions(self) -> Promotions:
        return joins.PROMOTIONS.made()

    @pytest.fixture
    def items(self, user: Any) -> list[Goods]:
        """A coupon of the user's, an offer that each buyer has once, and free delivery."""
        Rule.objects.create(name="m", kind="off", params={"tiers": [["10.00", "1.00"]]}, per_user=1)
        Rule.objects.create(name="f", kind="freight", params={"reach": "5.00"}, stackable=True)
        batch = Batch.objects.create(name="c", kind="percent", params={"tiers": [["0", 9000]]}, shown=True)
        issue(user=user, batch_id=batch.pk, at=timezone.now())
        return [
            Goods("1", ("type:1",), Decimal("3.33"), 3, Decimal("9.99")),
            Goods("2", (), Decimal("5.90"), 1, Decimal("5.90")),
        ]


@pytest.mark.django_db
def test_ratings_come_from_the_orders(sku_ids: list[str]) -> None:
    ratings = import_string(settings.DAILYFRESH_GOODS["RATINGS"])()

    assert dict(ratings.find(sku_ids)) == {}


@pytest.mark.django_db
def test_all_that_the_store_joins_fits(buyer: Any, sku_ids: list[str]) -> None:
    out = StringIO()
    call_command("dailyfresh_check_joins", user=buyer.get_username(), stdout=out)
    assert out.getvalue().count(" fits.") == 6
