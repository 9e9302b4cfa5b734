"""Everything that changes a cart."""

from .carts import Expired, Merged, expire_guests, forget, merge, settle
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
