"""The three strategies keep one contract, over the mini-site's model and over one with a text key."""

from contextlib import nullcontext

import pytest
from dailyfresh_orders.exceptions import StockShort
from dailyfresh_orders.stock import stock
from dailyfresh_orders.stock.conditional import ConditionalStock
from dailyfresh_orders.stock.optimistic import OptimisticStock
from dailyfresh_orders.stock.pessimistic import PessimisticStock
from dailyfresh_orders.testing import StockContract
from django.db import transaction
from django.db.transaction import TransactionManagementError
from minisite.shop.models import Crate, Product, Tin

STRATEGIES = [PessimisticStock, OptimisticStock, ConditionalStock]


@pytest.fixture(params=STRATEGIES)
def strategy(request):
    return request.param(
        model="shop.Product", stock_field="pieces", sales_field="sold", available_filter={"for_sale": True}
    )


@pytest.fixture
def rows(db):
    # 9 and 10 order otherwise as strings than as numbers
    return [str(Product.objects.create(pk=pk, title="x", yuan=1, pieces=10).pk) for pk in (10, 9)]


class TestStrategies(StockContract):
    def test_sells_nothing_that_went_off_sale(self, strategy, rows):
        Product.objects.filter(pk=9).update(for_sale=False)
        with pytest.raises(StockShort):
            strategy.take({"9": 1})
        assert strategy.left(["9"]) == {}

    def test_what_comes_in_undoes_no_sale(self, strategy, rows):
        with transaction.atomic():
            strategy.take({rows[0]: 3})
        strategy.add({rows[0]: 5})
        product = Product.objects.get(pk=rows[0])
        assert (product.pieces, product.sold) == (12, 3)

    def test_gives_back_although_the_sales_were_reset(self, strategy, rows):
        strategy.take({"9": 4})
        Product.objects.update(sold=1)
        strategy.give_back({"9": 4})
        assert Product.objects.get(pk=9).pieces == 10
        assert Product.objects.get(pk=9).sold == 0

    def test_what_is_nearly_sold_out_is_counted_by_the_least_that_is_sold(self, strategy, rows):
        Product.objects.filter(pk=9).update(most=4)
        assert strategy.low_by_id(3) == {}
        strategy.least_field = "most"
        assert strategy.low_by_id(3) == {"9": ("x", 10)}
        assert strategy.low(3, 5) == [("x", 10)]
        assert strategy.check() == []
        strategy.least_field = "none"
        assert [each.id for each in strategy.check()] == ["dailyfresh_orders.E011"]

    def test_counts_what_was_sold(self, strategy, rows):
        strategy.take({"9": 4, "10": 1})
        assert dict(Product.objects.values_list("pk", "sold")) == {9: 4, 10: 1}


class TestStrategiesOverATextKey(StockContract):
    @pytest.fixture(params=STRATEGIES)
    def strategy(self, request):
        return request.param(model="shop.Tin", id_field="code", stock_field="left")

    @pytest.fixture
    def rows(self, db):
        for code in ("B-2", "a-1"):
            Tin.objects.create(code=code, left=10)
        return ["B-2", "a-1"]

    def test_takes_nothing_of_what_is_not_there(self, strategy, rows):
        with pytest.raises(StockShort):
            strategy.take({"B-3": 1})


class TestStrategiesOverAUuid(StockContract):
    @pytest.fixture(params=STRATEGIES)
    def strategy(self, request):
        return request.param(model="shop.Crate", stock_field="left", sales_field="gone")

    @pytest.fixture
    def rows(self, db):
        return [str(Crate.objects.create(left=10).pk) for _ in range(2)]


def test_the_strategy_is_the_one_of_the_setting_also_when_that_changes(settings):
    was = stock()
    assert stock() is was
    changed = settings.DAILYFRESH_ORDERS["STOCK"] | {"BACKEND": "dailyfresh_orders.stock.optimistic.OptimisticStock"}
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"STOCK": changed}
    assert type(stock()) is OptimisticStock
    changed["OPTIONS"] = changed["OPTIONS"] | {"stock_field": "sold"}
    assert stock().stock_field == "sold"


@pytest.mark.parametrize(
    ("asked", "sold"),
    [
        ({"for_sale": True}, True),
        ({"for_sale__exact": False}, False),
        ({"title__in": ["x", "y"]}, True),
        ({"title__in": ["y"]}, False),
        ({"most": None}, True),
        ({"most__isnull": False}, False),
        ({"yuan__gte": "1.00", "sold__lt": 5}, True),
        ({"yuan__gt": 1}, False),
    ],
)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_may_be_sold_is_asked_of_the_columns_of_the_row(rows, strategy, asked, sold):
    strategy = strategy(model="shop.Product", stock_field="pieces", available_filter=asked)
    assert strategy.check() == []
    assert (strategy.left(["9"]) == {"9": 10}) is sold
    with nullcontext() if sold else pytest.raises(StockShort), transaction.atomic():
        strategy.take({"9": 4})
    assert Product.objects.get(pk=9).pieces == (6 if sold else 10)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_rows_are_locked_only_where_a_transaction_holds_the_lock(transactional_db, strategy):
    Product.objects.create(pk=9, title="x", yuan=1, pieces=10)
    strategy = strategy(model="shop.Product", stock_field="pieces")
    with pytest.raises(TransactionManagementError):
        strategy.lock({9: 1})
