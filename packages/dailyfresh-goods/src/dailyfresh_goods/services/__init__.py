"""What changes the catalogue, its pages and a visitor's history."""

from ..history import forget_history, merge_history, visit
from .drain import build, build_everything, drain_pages, turn_home
from .goods import (
    add_stock,
    change_skus,
    mark_stock_changed,
    put_on_sale,
    refresh_bands,
    refresh_sales,
    take_off_sale,
)
from .imports import Report, export_goods, import_goods, read_goods
from .marks import announce, mark, mark_stale, pages_showing

__all__ = [
    "Report",
    "add_stock",
    "announce",
    "build",
    "build_everything",
    "change_skus",
    "drain_pages",
    "export_goods",
    "forget_history",
    "import_goods",
    "mark",
    "mark_stale",
    "mark_stock_changed",
    "merge_history",
    "pages_showing",
    "put_on_sale",
    "read_goods",
    "refresh_bands",
    "refresh_sales",
    "take_off_sale",
    "turn_home",
    "visit",
]
