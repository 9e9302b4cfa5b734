"""What the pages read."""

from ..history import history_of
from .cards import Card, cards, ratings_of
from .detail import Detail, detail, sku_exists
from .home import Home, home, turned
from .listing import FACETS, SORTS, Facets, Filters, ListPage, Sort, facets, list_page, new_goods
from .pictures import Album, Shown, line_picture, shown_with, with_line_picture
from .stock import Backlog, backlog, cards_on_sale, popular, stock_of, worth
from .types import TypeInfo, goods_type, goods_types
from .wishes import Wished, awaited_of, wished, wished_kinds, wishes_of

__all__ = [
    "FACETS",
    "SORTS",
    "Album",
    "Backlog",
    "Card",
    "Detail",
    "Facets",
    "Filters",
    "Home",
    "ListPage",
    "Shown",
    "Sort",
    "TypeInfo",
    "Wished",
    "awaited_of",
    "backlog",
    "cards",
    "cards_on_sale",
    "detail",
    "facets",
    "goods_type",
    "goods_types",
    "history_of",
    "home",
    "line_picture",
    "list_page",
    "new_goods",
    "popular",
    "ratings_of",
    "shown_with",
    "sku_exists",
    "stock_of",
    "turned",
    "wished",
    "wished_kinds",
    "wishes_of",
    "with_line_picture",
    "worth",
]
