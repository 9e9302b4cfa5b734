"""What every catalogue must do."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.pricing.measures import measure_of
from dailyfresh_core.protocols import Catalogue
from django.db import connection
from django.test.utils import CaptureQueriesContext


class CatalogueContract:
    """Give the fixtures `catalogue` and `known`: sku_ids of products that exist."""

    @pytest.fixture
    def catalogue(self) -> Catalogue:
        raise NotImplementedError

    @pytest.fixture
    def known(self) -> Sequence[str]:
        raise NotImplementedError

    def test_products_are_found_under_their_ids_in_one_statement(
        self, catalogue: Catalogue, known: Sequence[str]
    ) -> None:
        with CaptureQueriesContext(connection) as statements:
            found = catalogue.find(known)
            for product in found.values():
                assert product.url
                assert isinstance(product.image_url, str)
        assert len(statements) <= 1
        assert set(found) == set(known)
        assert all(found[sku_id].sku_id == sku_id for sku_id in known)

    def test_products_say_what_the_cart_must_know(self, catalogue: Catalogue, known: Sequence[str]) -> None:
        for product in catalogue.find(known).values():
            assert product.name
            assert isinstance(product.name, str)
            assert isinstance(product.unit, str)
            assert isinstance(product.unit_price, Decimal)
            assert product.unit_price == product.unit_price.quantize(Decimal("0.01"))
            assert isinstance(product.on_sale, bool)
            assert product.available is None or type(product.available) is int
            assert product.limit is None or type(product.limit) is int
            assert isinstance(product.requires_shipping, bool)
            measure_of(product)  # raises for one that cannot be

    @pytest.mark.parametrize(
        "sku_id", ["", "0", "-1", "01", " 1", "１", "+1", "1.0", "abc", "1e3", "9" * 40, "None", "' OR 1=1"]
    )
    def test_what_names_no_product_is_absent_and_no_error(
        self, catalogue: Catalogue, known: Sequence[str], sku_id: str
    ) -> None:
        found: Any = catalogue.find([sku_id, known[0]])
        assert set(found) == {known[0]}

    def test_any_iterable_will_do(self, catalogue: Catalogue, known: Sequence[str]) -> None:
        assert set(catalogue.find(iter(known))) == set(known)
        assert dict(catalogue.find([])) == {}
