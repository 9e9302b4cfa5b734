"""What the pages read."""

from ..history import history_of
from .cards import Card, card, cards, image_url, ratings_of
from .detail import Detail, detail, sku_exists
from .home import Home, home, turned
from .listing import SORTS, Filters, ListPage, Sort, list_page, new_goods
from .stock import Backlog, backlog, cards_on_sale, popular, stock_of
from .types import TypeInfo, goods_type, goods_types

__all__ = [
    "SORTS",
    "Backlog",
    "Card",
    "Detail",
    "Filters",
    "Home",
    "ListPage",
    "Sort",
    "TypeInfo",
    "backlog",
    "card",
    "cards",
    "cards_on_sale",
    "detail",
    "goods_type",
    "goods_types",
    "history_of",
    "home",
    "image_url",
    "list_page",
    "new_goods",
    "popular",
    "ratings_of",
    "sku_exists",
    "stock_of",
    "turned",
]
