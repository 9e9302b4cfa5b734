from decimal import Decimal

from dailyfresh_core.days import day_said, hours_said
from django import template

from ..conf import conf
from ..models import Slot
from ..showing import least_fee, outlook

register = template.Library()
register.filter("day_said", day_said)


@register.inclusion_tag("dailyfresh_delivery/_scripts.html")
def dailyfresh_delivery_scripts() -> dict[str, object]:
    """The package's script, with jQuery before it unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


@register.inclusion_tag("dailyfresh_delivery/_outlook.html", takes_context=True)
def dailyfresh_delivery_outlook(context: template.Context) -> dict[str, object]:
    """When the earliest order comes to the visitor's district and what that costs, on a page that is made for one visitor."""
    return {"outlook": outlook(context["request"]), "request": context["request"]}


@register.simple_tag(takes_context=True)
def dailyfresh_delivery_least(context: template.Context, goods: Decimal) -> Decimal | None:
    """What delivery costs the visitor of this page at least, for goods that come to so much; None while nothing is known of where to."""
    return least_fee(context["request"], goods)


@register.filter
def kg(grams: int) -> str:
    """Grams as kilograms, as short as may be."""
    return f"{grams / 1000:g}"


@register.filter
def hours(slot: Slot) -> str:
    """From when to when a window is."""
    return hours_said(slot.starts_at, slot.ends_at)
