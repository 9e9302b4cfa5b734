"""How many statements and Redis round trips a page costs, whatever the size of the catalogue."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from conftest import Shop
from dailyfresh_core.testing.nodes import nodes_rendered
from dailyfresh_goods.models import HomeTypeGoods
from dailyfresh_goods.pages.keys import release
from django.db import connection
from django.test.utils import CaptureQueriesContext
from redis.connection import AbstractConnection

Browse = Callable[..., Any]
COLD = {"/": 9, "/list/fruit/": 7, "/list/fruit/price/3/": 7, "/list/fruit/newest/11/": 7, "/goods/{pk}/": 7}


class Ratings:
    """A source of ratings as the site has one; it asks the database once."""

    def find(self, sku_ids: Any) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return {}


@pytest.fixture(params=[60, 300])
def stocked(request: Any, shop: Shop, settings: Any) -> Shop:
    settings.DAILYFRESH_GOODS = {
        **settings.DAILYFRESH_GOODS,
        "PAGE_SIZE": 2,
        "RATINGS": f"{__name__}.Ratings",
    }
    skus = [*shop.many(request.param // 2), *shop.many(request.param // 2, type=shop.fish)]
    for display in HomeTypeGoods.Display:
        chosen = [HomeTypeGoods(type=sku.type, sku=sku, display=display) for sku in skus[::7]]
        HomeTypeGoods.objects.bulk_create(chosen)
    shop.banner(sku=skus[0])
    shop.promotion()
    return shop


@contextmanager
def statements() -> Iterator[CaptureQueriesContext]:
    """What a page asks of the database; ATOMIC_REQUESTS' savepoints are not its doing."""
    with CaptureQueriesContext(connection) as captured:
        yield captured
    captured.asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", COLD)
def test_a_page_costs_a_fixed_number_of_statements_and_none_when_warm(path: str, stocked: Shop, browse: Browse) -> None:
    from dailyfresh_goods.models import SKU

    path_ = path.format(pk=SKU.objects.filter(on_sale=True).last().pk)
    with statements() as cold:
        assert browse(path_).status_code == 200
    with statements() as warm:
        assert browse(path_).status_code == 200
    assert len(cold.asked) <= COLD[path], "\n".join(cold.asked)
    assert warm.asked == []


def test_a_card_that_was_drawn_before_takes_few_nodes(stocked: Shop, browse: Browse) -> None:
    """On whatever page: these two show the same goods."""
    numbers = []
    for path in ("/list/fruit/?low=0.01", "/list/fruit/?low=0.02"):
        with nodes_rendered() as drawn:
            cards = browse(path).content.decode().count("data-goods-card=")
        numbers.append(drawn.number)
    first, again = numbers
    assert first - again > 35 * cards > 0


@pytest.mark.parametrize("path", COLD)
def test_a_warm_page_costs_one_redis_round_trip(path: str, redis_cache: Any, stocked: Shop, browse: Browse) -> None:
    from dailyfresh_goods.models import SKU

    release()
    path_ = path.format(pk=SKU.objects.filter(on_sale=True).last().pk)
    browse(path_)
    # Counted at the socket: the server's own counters hold what others ask it meanwhile.
    with patch.object(
        AbstractConnection, "send_packed_command", autospec=True, side_effect=AbstractConnection.send_packed_command
    ) as sent:
        assert browse(path_).status_code == 200
    assert sent.call_count == 1
