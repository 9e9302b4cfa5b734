"""What the frame of every page needs: the goods types, the other language of this page, the hot words."""

import re
from pathlib import Path
from urllib.parse import urlencode

from dailyfresh_cart.selectors import Cart
from dailyfresh_core.admin.work import Job
from dailyfresh_goods import work as goods
from dailyfresh_goods.selectors import Card, awaited_of, worth
from dailyfresh_orders.reports import work as orders
from dailyfresh_orders.selectors import REFUNDS, TABS, order_counts, orders_of
from dailyfresh_users.selectors import is_guest
from django import template
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.context import Context
from django.urls import reverse, translate_url
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from ..health import parts
from ..usuals import usuals_of

register = template.Library()


PLACES = {
    "dailyfresh_goods:home",
    "dailyfresh_goods:list",
    "dailyfresh_cart:cart",
    "dailyfresh_orders:list",
    "dailyfresh_users:profile",
}
"""The pages that the frame's menus lead to."""


@register.simple_tag(takes_context=True)
def store_here(context: Context) -> str:
    """The address of this page, where it is one that the frame marks as the current one; so the frame has few looks, and each is drawn once."""
    match = getattr(context.get("request"), "resolver_match", None)
    return context["request"].path if match and match.view_name in PLACES else ""


@register.simple_tag(takes_context=True)
def store_languages(context: Context) -> list[tuple[str, str, str]]:
    """The other languages of this page: code, name in that language, address."""
    request: HttpRequest | None = context.get("request")
    here = request.get_full_path() if request else "/"
    return [(code, name, translate_url(here, code)) for code, name in settings.LANGUAGES if code != get_language()]


@register.simple_tag(takes_context=True)
def store_is_guest(context: Context) -> bool:
    """Whether the visitor of this page shops without an account of their own."""
    return is_guest(context["request"].user)


@register.simple_tag(takes_context=True)
def store_usuals(context: Context) -> dict[str, object]:
    """What the visitor of this page orders most often, and their latest order."""
    return usuals_of(context["request"].user)


@register.simple_tag
def store_worth(cart: Cart) -> list[Card]:
    """Goods that are not in the cart, each of which makes its delivery free."""
    return worth(cart.free_delivery_missing, but=[line.sku_id for line in cart.lines])


@register.simple_tag(takes_context=True)
def store_awaited(context: Context) -> set[str]:
    """The SKUs that the visitor of this page is told of when they are back; asked once a page."""
    request: HttpRequest = context["request"]
    if not request.user.is_authenticated:
        return set()
    found: set[str] | None = getattr(request, "_store_awaited", None)
    if found is None:
        found = request._store_awaited = awaited_of(request.user)  # type: ignore[attr-defined]
    return found


@register.simple_tag
def store_hot_words() -> list[tuple[str, str]]:
    """The words offered under the search box in the language of the page, with the addresses of their results."""
    search = reverse("dailyfresh_search:search")
    return [
        (word, f"{search}?{urlencode({'q': word})}") for word in settings.STORE_HOT_WORDS.get(get_language() or "", [])
    ]


@register.simple_tag
def store_icons() -> list[str]:
    """The names of the sprite."""
    path = finders.find("store/icons.svg")
    return re.findall(r'<symbol id="([^"]+)"', Path(path).read_text()) if path else []


@register.tag
def described(parser: Parser, _token: Token) -> "DescribedNode":
    """`{% described %}` around the head of a page: what search engines and messengers show of it is added from its own words."""
    nodes = parser.parse(("enddescribed",))
    parser.delete_first_token()
    return DescribedNode(nodes)


class DescribedNode(template.Node):
    TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
    META = re.compile(r'<meta name="description" content="([^"]*)"')
    CANONICAL = re.compile(r'<link rel="canonical" href="([^"]*)"')

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> SafeString:
        head = self.nodes.render(context)
        title, text, url = (self._found(pattern, head) for pattern in (self.TITLE, self.META, self.CANONICAL))
        shop = conditional_escape(gettext("Daily Fresh"))
        added = []
        if not text:
            promise = gettext(
                "Fresh fruit, seafood, meat, eggs, vegetables and frozen food, brought to your door every day."
            )
            text = f"{title} · {conditional_escape(promise)}" if title else str(conditional_escape(promise))
            added.append(f'<meta name="description" content="{text}">')
        known = {"title": title or shop, "description": text, "site_name": shop, "type": "website", "url": url}
        added += [
            f'<meta property="og:{name}" content="{value}">'
            for name, value in known.items()
            if value and f'property="og:{name}"' not in head
        ]
        return mark_safe(head + "\n    ".join(added))  # noqa: S308 - every part was escaped where it was rendered

    @staticmethod
    def _found(pattern: re.Pattern[str], head: str) -> str:
        match = pattern.search(head)
        return " ".join(match[1].split()) if match else ""


@register.tag
def component(parser: Parser, _token: Token) -> "ComponentNode":
    """`{% component %}Title` and markup: the markup drawn, and its source beside it."""
    nodes = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return ComponentNode(nodes)


class ComponentNode(template.Node):
    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes

    def render(self, context: Context) -> SafeString:
        title, _newline, markup = self.nodes.render(context).partition("\n")
        return format_html(
            '<section class="df-panel df-stack"><h2>{}</h2>{}<pre class="df-code">{}</pre></section>',
            title,
            mark_safe(markup),  # noqa: S308 - from the template itself
            markup,
        )


@register.simple_tag
def store_order_counts(user: AbstractBaseUser) -> list[tuple[str, str, str, int]]:
    """What waits for a buyer: tab of the order list, label, icon, number of orders."""
    counts = order_counts(user)
    labels = [
        ("to-pay", pgettext("waiting orders", "To pay"), "wallet"),
        ("to-ship", pgettext("waiting orders", "To ship"), "package"),
        ("to-receive", pgettext("waiting orders", "To receive"), "truck"),
        ("to-review", pgettext("waiting orders", "To review"), "message-square-text"),
    ]
    waiting = [(tab, label, icon, sum(counts.get(state, 0) for state in TABS[tab])) for tab, label, icon in labels]
    return [*waiting, (REFUNDS, pgettext("waiting orders", "Refunds"), "headset", orders_of(user, tab=REFUNDS).count())]


@register.inclusion_tag("dailyfresh_core/work.html", takes_context=True)
def store_work(context: Context) -> dict[str, list[Job]]:
    """What staff land on: what waits in orders and catalogue, and parts of the shop that do not do their work."""
    user = context["request"].user
    known = goods.work_for(user)
    labels = {job.label for job in known}  # who sees the goods is led to them, not to the figures
    jobs = [*(job for job in orders.work_for(user) if job.label not in labels), *known]
    if user.has_perm("dailyfresh_users.change_user") and (ill := sum(not part.well for part in parts())):
        jobs.append(Job(gettext("Parts that are not well"), ill, "parts_page", urgent=True))
    return {"jobs": jobs}
