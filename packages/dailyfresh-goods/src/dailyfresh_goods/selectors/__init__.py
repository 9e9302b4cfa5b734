"""What the pages read."""

from .cards import Card, card, cards, image_url, ratings_of
from .detail import Detail, detail, pk_of, sku_exists
from .home import Home, home, turned
from .listing import SORTS, Filters, ListPage, Sort, list_page, new_goods
from .stock import Backlog, backlog, living_cards, popular, stock_of
from .types import TypeInfo, goods_type, goods_types
from .visits import history_of

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
    "detail",
    "goods_type",
    "goods_types",
    "history_of",
    "home",
    "image_url",
    "list_page",
    "living_cards",
    "new_goods",
    "pk_of",
    "popular",
    "ratings_of",
    "sku_exists",
    "stock_of",
    "turned",
]
