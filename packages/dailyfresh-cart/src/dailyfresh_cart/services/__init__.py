"""Everything that changes a cart."""

from .lines import (
    Removed,
    add_to_cart,
    change_lines,
    clear_invalid,
    remove_lines,
    restore_lines,
    select_lines,
    set_quantity,
)
from .owners import Expired, Merged, expire_guests, forget, merge
from .settling import settle

__all__ = [
    "Expired",
    "Merged",
    "Removed",
    "add_to_cart",
    "change_lines",
    "clear_invalid",
    "expire_guests",
    "forget",
    "merge",
    "remove_lines",
    "restore_lines",
    "select_lines",
    "set_quantity",
    "settle",
]
