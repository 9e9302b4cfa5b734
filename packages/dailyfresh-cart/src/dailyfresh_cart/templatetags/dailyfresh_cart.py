from decimal import Decimal

from django import template

from ..conf import conf

register = template.Library()


@register.inclusion_tag("dailyfresh_cart/_scripts.html")
def dailyfresh_cart_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


@register.inclusion_tag("dailyfresh_cart/_button.html")
def dailyfresh_cart_button() -> dict[str, object]:
    """The link to the cart for a page's header, with badge and mini cart; the same for every visitor."""
    return {}


@register.filter
def unlocalized(number: Decimal | int) -> str:
    """A number for an attribute, where the language's own signs would break it."""
    return str(number)


@register.filter
def named(sentence: str, name: str) -> str:
    """A sentence with its `%(name)s` filled in."""
    return sentence % {"name": name}
