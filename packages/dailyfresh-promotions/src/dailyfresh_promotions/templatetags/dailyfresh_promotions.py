from datetime import datetime
from decimal import Decimal
from typing import Any

from dailyfresh_core.days import local
from dailyfresh_core.db.together import once
from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..conf import conf
from ..display.product_offers import in_brief, public_offers
from ..models import Batch, Coupon
from ..rulebook import rulebook
from ..selectors import text_of

register: template.Library = template.Library()
DAY = 24 * 3600


@register.inclusion_tag("dailyfresh_promotions/_scripts.html")
def dailyfresh_promotions_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


@register.simple_tag(takes_context=True)
def dailyfresh_offers(
    context: Context, sku_id: object, unit_price: Decimal, groups: Any = (), brief: bool = False, measure: Any = None
) -> SafeString | str:
    """The offers that mean a product now. What is not for everybody all day is asked for by the script, if there is such.

    `brief`, for a card: two at most, none of those that every product has. `measure`, of goods that are priced by weight: what is for
    pieces is not theirs. The rules are looked at once for each request of the context.
    """
    request = context.get("request")
    found = getattr(request, "_dailyfresh_rulebook", None) or once(rulebook, rulebook)
    if request is not None:
        request._dailyfresh_rulebook = found
    on = public_offers(str(sku_id), tuple(groups), unit_price, timezone.now(), found, measure=measure)
    offers, limited = (in_brief(on.there), in_brief(on.limited)) if brief else (on.there, on.limited)
    if not (offers or limited or on.later):
        return ""  # as for most cards of a page
    shown = {"sku_id": sku_id, "offers": offers, "limited": limited, "later": on.later, "brief": brief}
    return render_to_string("dailyfresh_promotions/_offers.html", shown)


@register.simple_tag
def coupon_text(coupon: Coupon) -> str:
    """What a coupon gives."""
    return text_of(coupon.batch) or coupon.batch.said.label


@register.simple_tag
def time_left(ends: datetime | None) -> SafeString | str:
    """How long something is good, "" without an end: a time, which on its last day the script counts down to; so a kept page stays true without it."""
    if ends is None:
        return ""
    left = int((ends - timezone.now()).total_seconds())
    until = _("until %(date)s") % {"date": date_format(local(ends), "SHORT_DATETIME_FORMAT")}
    if left > DAY:
        return until
    milliseconds = int(ends.timestamp() * 1000)
    stamp = '<time class="df-cd" datetime="{}" data-df-ends="{}" data-df-left="{}" data-df-over="{}">{}</time>'
    words = until if left > 0 else _("over")
    return format_html(stamp, ends.isoformat(), milliseconds, max(left, 0), _("over"), words)


@register.simple_tag
def good_for(batch: Batch) -> SafeString | str:
    """How long a coupon that is claimed now is good."""
    until = time_left(batch.ends)
    if until or not batch.days:
        return until
    return ngettext("good for %(n)d day", "good for %(n)d days", batch.days) % {"n": batch.days}


@register.filter
def left_of(left: int) -> str:
    """How many are left, said when they are few."""
    return ngettext("%(n)d left", "%(n)d left", left) % {"n": left}
