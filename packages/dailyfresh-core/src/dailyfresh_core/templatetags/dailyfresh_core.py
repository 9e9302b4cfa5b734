from decimal import Decimal
from itertools import chain
from typing import Any

from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from .. import paging
from ..i18n.languages import foreign, language_of, languages_in
from ..pricing import measures
from ..pricing.money import currency, parts, shown
from ..rendered import rendered

register: template.Library = template.Library()

SIGNS = {
    "arrow-down": "↓",
    "arrow-up": "↑",
    "badge-check": "✓",
    "banknote": "¤",
    "bell": "🔔",
    "camera": "＋",
    "check": "✓",
    "chevron-left": "‹",
    "chevron-right": "›",
    "circle-alert": "!",
    "clock": "◷",
    "copy": "❐",
    "eye": "👁",
    "heart": "♡",
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
    "wallet": "▭",
    "x": "×",
    "zoom-in": "⤢",
}
"""Signs in place of pictures, by the names of Lucide, where no site brings an icon set."""


@register.filter
def sign(name: str) -> str:
    """The sign that stands for an icon of this name."""
    return SIGNS.get(name, "•")


@register.simple_tag
def icon(name: str, small: bool = False, flip: bool = False, on: bool = False, **attributes: str) -> SafeString:
    """The icon as the site's `_icon.html` draws it, each look once: `small`, `flip` where pages run from right to left, `on`, `class="…"`."""
    template: Any = get_template("dailyfresh_core/_icon.html")
    look = (name, bool(small), bool(flip), bool(on), attributes.get("class", ""))
    key = (template.template, *look)
    found = rendered.find(key)
    if found is None:
        found = rendered.keep(
            key, template.render(dict(zip(("name", "small", "flip", "on", "class"), look, strict=True)))
        )
    return found


@register.filter
def price(amount: Decimal) -> str:
    """An amount in the site's currency, as the visitor's language writes it."""
    return shown(amount)


@register.filter
def price_parts(amount: Decimal) -> SafeString:
    """The same with its whole part large, for inside a `df-price`."""
    before, whole, minor, behind = parts(amount)
    small = "<i>{}</i>"
    return format_html(
        f"{small if before else '{}'}<b>{{}}</b>{small if minor or behind else '{}'}", before, whole, minor + behind
    )


register.simple_tag(currency)
register.simple_tag(get_script_prefix, name="site_root")


@register.filter
def quantity(number: int, measure: measures.Priced | None = None) -> str:
    """How much of something: "3", or "750 g" of what the measure says is sold by weight."""
    return measures.spoken(number, measure)


@register.filter
def counted(number: int, measure: measures.Priced | None = None) -> str:
    """The same inside a sentence: "3 件" in Chinese."""
    return measures.counted(number, measure)


@register.filter
def times(number: int, measure: measures.Priced) -> str:
    """A quantity behind the name of what it is: "× 3", "750 g"."""
    return measures.times(number, measure)


@register.filter
def about(number: int, measure: measures.Priced) -> str:
    """What so much weighs, about, where it is weighed when it is packed; else nothing."""
    return measures.about(number, measure)


@register.filter
def per(measure: measures.Priced) -> str:
    """What a price is for, as it follows the price: "/500 g", or nothing where it is for a piece."""
    return measures.per(measure)


@register.filter
def said(text: str, language: str = "") -> str:
    """A text on a page, marked with its language where that is not the page's; `language` for a text that does not know its own."""
    other = language_of(text) or (foreign(language) if not getattr(text, "language", "") else "")
    return format_html('<bdi lang="{}">{}</bdi>', other, text) if other else text


@register.filter
def lang(text: str) -> SafeString | str:
    """The same as an attribute of the element around a text: `<h2{{ zone.said.name|lang }}>`."""
    other = language_of(text)
    return format_html(' lang="{}"', other) if other else ""


class Once(template.Node):
    """Renders again only for another language, place of the site's URLs, or values."""

    def __init__(self, nodelist: NodeList, values: list[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values

    def render(self, context: Context) -> SafeString:
        # What `url` and `translate` depend on beside their words.
        match = getattr(context.get("request"), "resolver_match", None)
        place = self, get_language(), get_urlconf(), get_script_prefix(), match.namespace if match else None
        values = tuple([value.resolve(context, ignore_failures=True) for value in self.values])
        key = (*place, values, languages_in(values))
        found = rendered.find(key)
        return rendered.keep(key, self._anew(context, values)) if found is None else found

    def _anew(self, context: Context, values: tuple[object, ...]) -> SafeString:
        parts = chain.from_iterable(value if isinstance(value, tuple) else [value] for value in values)
        if any(isinstance(each, Model) for each in parts):
            raise TypeError("{% once %} compares values, and a row equals itself whatever it holds: name its fields.")
        return self.nodelist.render(context)


@register.tag
def once(parser: Parser, token: Token) -> Once:
    """`{% once %}…{% endonce %}` around what no request changes; `{% once types here %}…` where just these values change it.

    The values can be compared (numbers, texts, frozen dataclasses and tuples of them; a row of the database is a TypeError); whatever else
    the part reads is to be the same for everybody.
    """
    _tag, *values = token.split_contents()
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return Once(nodelist, [parser.compile_filter(value) for value in values])


def first_on_page(context: Context, path: str) -> bool:
    """Whether a page comes to this file for the first time; the page, its frame and all that they include remember together."""
    # dicts[0] has Django's constants, dicts[1] belongs to the page, further ones to what it includes.
    page: dict[Any, Any] = context.render_context.dicts[1]
    named: set[str] = page.setdefault("dailyfresh_core", set())
    first = path not in named
    named.add(path)
    return first


@register.simple_tag(takes_context=True)
def stylesheet(context: Context, path: str) -> SafeString | str:
    """The link to a static style sheet, once a page however many packages and frames name it."""
    return _naming('<link rel="stylesheet" href="{}">', path) if first_on_page(context, path) else ""


def _naming(markup: str, path: str) -> SafeString:
    """The markup around a static file's address, which is looked up once."""
    key = (markup, path, get_script_prefix())
    found = rendered.find(key)
    return rendered.keep(key, format_html(markup, static(path))) if found is None else found


class Script(template.Node):
    def __init__(self, path: FilterExpression, attributes: NodeList) -> None:
        self.path: FilterExpression = path
        self.attributes: NodeList = attributes

    def render(self, context: Context) -> SafeString:
        path = self.path.resolve(context)
        if not path or not first_on_page(context, path):
            return SafeString("")
        attributes = SafeString(self.attributes.render(context).strip())  # it is the template's own, and escaped there
        opened = _naming('<script src="{}" defer', path)
        return format_html("{}{}{}></script>", opened, attributes and " ", attributes)


@register.tag
def script(parser: Parser, token: Token) -> Script:
    """`{% script "shop/cart.js" %}data-…="…"{% endscript %}`: a static script with its attributes, once a page; without a path nothing."""
    _tag, path = token.split_contents()
    attributes = parser.parse(("endscript",))
    parser.delete_first_token()
    return Script(parser.compile_filter(path), attributes)


@register.inclusion_tag("dailyfresh_core/_pager.html")
def pager(page: "Page[Any]", query: str = "") -> dict[str, Any]:
    """The pager of a page of Django's Paginator; `query` is what stays in the address beside the number."""
    before = f"{query}&" if query else ""
    return {"pager": paging.pager(page.number, page.paginator.num_pages, lambda number: f"?{before}page={number}")}
