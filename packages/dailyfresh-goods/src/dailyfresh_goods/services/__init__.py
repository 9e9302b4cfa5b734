"""What changes the catalogue, its pages and a visitor's history."""

from ..history import forget_history, merge_history, visit
from .changes import noting
from .drain import build, build_everything, drain_pages, turn_home
from .drawing import (
    collect_pictures,
    draw_all_again,
    draw_pictures,
    expect_pictures,
    focus_picture,
    why_refused,
)
from .following import marks_here
from .goods import (
    add_pictures,
    add_sku,
    add_stock,
    change_skus,
    mark_stock_changed,
    put_on_sale,
    refresh_bands,
    refresh_ratings,
    refresh_sales,
    take_off_sale,
)
from .importing.exports import export_goods
from .importing.fetching import fetch_again, fetch_pictures
from .importing.imports import Line, Report, import_goods, open_goods, read_goods
from .importing.uploads import (
    Look,
    begin_import,
    cancel_import,
    keep_import,
    look_at,
    marked_file,
    run_imports,
    tell_import,
)
from .marks import announce, mark, mark_stale, pages_of, pages_showing, skus_of
from .prices import (
    ENDINGS,
    PERCENT,
    WAYS,
    Repriced,
    Repricing,
    Span,
    call_off,
    change_prices,
    preview_prices,
    turn_prices,
)
from .slugs import slug_for
from .wishes import drop_wish, make_wish, tell_of_returns

__all__ = [
    "ENDINGS",
    "PERCENT",
    "WAYS",
    "Line",
    "Look",
    "Report",
    "Repriced",
    "Repricing",
    "Span",
    "add_pictures",
    "add_sku",
    "add_stock",
    "announce",
    "begin_import",
    "build",
    "build_everything",
    "call_off",
    "cancel_import",
    "change_prices",
    "change_skus",
    "collect_pictures",
    "drain_pages",
    "draw_all_again",
    "draw_pictures",
    "drop_wish",
    "expect_pictures",
    "export_goods",
    "fetch_again",
    "fetch_pictures",
    "focus_picture",
    "forget_history",
    "import_goods",
    "keep_import",
    "look_at",
    "make_wish",
    "mark",
    "mark_stale",
    "mark_stock_changed",
    "marked_file",
    "marks_here",
    "merge_history",
    "noting",
    "open_goods",
    "pages_of",
    "pages_showing",
    "preview_prices",
    "put_on_sale",
    "read_goods",
    "refresh_bands",
    "refresh_ratings",
    "refresh_sales",
    "run_imports",
    "skus_of",
    "slug_for",
    "take_off_sale",
    "tell_import",
    "tell_of_returns",
    "turn_home",
    "turn_prices",
    "visit",
    "why_refused",
]
