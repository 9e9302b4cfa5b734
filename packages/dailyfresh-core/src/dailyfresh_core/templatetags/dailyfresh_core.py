from django import template

from ..paging import window

register = template.Library()

SIGNS = {
    "arrow-down": "↓",
    "arrow-up": "↑",
    "badge-check": "✓",
    "banknote": "¤",
    "camera": "＋",
    "check": "✓",
    "chevron-left": "‹",
    "chevron-right": "›",
    "circle-alert": "!",
    "clock": "◷",
    "copy": "❐",
    "eye": "👁",
    "house": "⌂",
    "info": "!",
    "leaf": "❧",
    "lock": "🔒",
    "log-out": "↦",
    "mail": "✉",
    "map-pin": "⚲",
    "minus": "−",
    "package-check": "✓",
    "pause": "❙❙",
    "pencil": "✎",
    "play": "►",
    "plus": "+",
    "receipt-text": "≡",
    "refresh-cw": "↻",
    "search": "⌕",
    "shield": "⛨",
    "shield-check": "✓",
    "shopping-cart": "🛒",
    "sliders-horizontal": "☰",
    "star": "★",
    "trash-2": "×",
    "truck": "⛟",
    "wallet": "¥",
    "x": "×",
    "zoom-in": "⤢",
}
"""Signs in place of pictures, by the names of Lucide, where no site brings an icon set."""


@register.filter
def sign(name: str) -> str:
    """The sign that stands for an icon of this name."""
    return SIGNS.get(name, "•")


@register.simple_tag
def page_window(number: int, pages: int) -> range:
    """The page numbers that a pager shows around the current one."""
    return window(number, pages)
