"""What changes the catalogue, its pages and a visitor's history."""

from .drain import build, build_everything, drain_pages, turn_home
from .goods import add_stock, change_skus, put_on_sale, take_off_sale
from .imports import Report, export_goods, import_goods
from .marks import keys_of, mark, mark_everything, mark_home, mark_stale, tell
from .stock import mark_stock_changed, refresh_bands, refresh_sales
from .visits import forget_history, merge_history, visit

__all__ = [
    "Report",
    "add_stock",
    "build",
    "build_everything",
    "change_skus",
    "drain_pages",
    "export_goods",
    "forget_history",
    "import_goods",
    "keys_of",
    "mark",
    "mark_everything",
    "mark_home",
    "mark_stale",
    "mark_stock_changed",
    "merge_history",
    "put_on_sale",
    "refresh_bands",
    "refresh_sales",
    "take_off_sale",
    "tell",
    "turn_home",
    "visit",
]
