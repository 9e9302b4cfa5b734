from decimal import Decimal

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix, get_urlconf
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ..conf import conf

register = template.Library()


class Once(template.Node):
    """Keeps what it rendered as long as its template is loaded, per language and place of the site's URLs."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.rendered: dict[tuple[str | None, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        # What `url` and `translate` depend on beside their words.
        match = getattr(context.get("request"), "resolver_match", None)
        key = get_language(), get_urlconf(), get_script_prefix(), match.namespace if match else None
        if key not in self.rendered:
            self.rendered[key] = self.nodelist.render(context)
        return self.rendered[key]


@register.tag("dailyfresh_cart_once")
def once(parser: Parser, token: Token) -> Once:
    """`{% dailyfresh_cart_once %}…{% enddailyfresh_cart_once %}` around words and URLs that are the same on every request."""
    nodelist = parser.parse(("enddailyfresh_cart_once",))
    parser.delete_first_token()
    return Once(nodelist)


@register.inclusion_tag("dailyfresh_cart/_scripts.html")
def dailyfresh_cart_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


@register.inclusion_tag("dailyfresh_cart/_button.html")
def dailyfresh_cart_button() -> dict[str, object]:
    """The link to the cart for a page's header, with badge and mini cart; the same for every visitor."""
    return {}


@register.filter
def money(amount: Decimal) -> str:
    """A price as the setting PRICE_FORMAT writes it."""
    written: str = conf.PRICE_FORMAT.format(amount)
    return written


@register.filter
def unlocalized(number: Decimal | int) -> str:
    """A number for an attribute, where the language's own signs would break it."""
    return str(number)


@register.filter
def named(pattern: str, name: str) -> str:
    """A sentence with its `%(name)s` filled in."""
    return pattern % {"name": name}
