from decimal import Decimal

from dailyfresh_core.pricing import measures
from dailyfresh_core.protocols import Measure
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..conf import conf

register: template.Library = template.Library()


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


@register.simple_tag
def cart_steps(measure: Measure | None = None) -> SafeString | str:
    """Attributes that tell a stepper's script how something is sold; nothing for single pieces."""
    if not measure or (measure.minimum == measure.step == 1 and measure.sold_by == measures.PIECE):
        return ""
    text = ' data-minimum="{}" data-step="{}"' + (" data-grams" if measure.sold_by == measures.WEIGHT else "")
    return format_html(text, measure.minimum, measure.step)


register.filter(measures.written)
