import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing import measures
from dailyfresh_core.pricing.measures import pieces_of, typed
from dailyfresh_core.pricing.money import shown
from dailyfresh_core.templatetags.dailyfresh_core import said
from django import template
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from ..conf import conf
from ..gateways import by_hand, label_of
from ..joins import packs
from ..models import Order, OrderLine, Refund
from ..protocols import Address
from ..reports.story import story_of
from ..reports.work import work_for
from ..selectors import rating_of, refunds_of, reviews_of
from ..services import Refundable, open_steps, refund_askable

register = template.Library()
register.filter("by_hand", by_hand)


@register.inclusion_tag("dailyfresh_orders/_scripts.html")
def dailyfresh_orders_scripts() -> dict[str, object]:
    """The package's scripts, with jQuery before them unless the site has its own."""
    return {"jquery_url": conf.JQUERY_URL}


@register.inclusion_tag("dailyfresh_orders/reviews.html")
def dailyfresh_reviews(sku_id: object) -> dict[str, object]:
    """Rating, histogram and the first reviews of a SKU, for the page of the goods: the same for every visitor."""
    sku = str(sku_id)
    rating = rating_of(sku)
    if not rating.count:
        return {"sku_id": sku, "rating": rating}
    pages = Paginator(reviews_of(sku), conf.PAGE_SIZE)
    pages.count = rating.count  # those of the histogram
    return {"sku_id": sku, "rating": rating, "page": pages.get_page(1)}


@register.simple_tag
def picture(line: Any) -> str:
    """URL of a line's picture: the catalogue's own, or where the storage keeps what the snapshot names; empty without one."""
    given: str = getattr(line, "image_url", "")
    if given or not line.image_name:
        return given
    return default_storage.url(line.image_name)


@register.filter
def said_of(line: Any, field: str) -> str:
    """A text of a line, marked with its language where that is not the page's: an order keeps the words it was placed with."""
    cached = getattr(getattr(line, "_state", None), "fields_cache", {})  # no statement for the sake of it
    return said(getattr(line, field, ""), cached["order"].language if "order" in cached else "")


@register.simple_tag
def pieces(lines: Iterable[Any]) -> int:
    """Pieces, and what was weighed as one each."""
    ordered = (line for line in lines if getattr(line, "main_slot", 1))  # not what was given in place of it
    return sum(pieces_of(typed(line.quantity, line.measure)) for line in ordered)


@register.simple_tag
def estimated(lines: Iterable[Any]) -> bool:
    """Whether some of it is weighed when it is packed."""
    return any(measures.estimated(line.measure) for line in lines)


@register.filter
def names_said(text: str, order: Order | None) -> SafeString:
    """A message, with the names of the order's goods and carrier marked by the order's language where that is not the page's."""
    if order is None:
        return escape(text)
    names = filter(None, [order.carrier, *(line.name for line in order.lines.all())])
    marked: dict[str, str] = {escape(name): conditional_escape(said(name, order.language)) for name in names}
    # In one go, the longest first: a name may stand in another one.
    known = re.compile("|".join(map(re.escape, sorted(marked, key=len, reverse=True))) or r"(?!)")
    return SafeString(known.sub(lambda found: marked[found[0]], escape(text)))


@register.filter
def masked_phone(phone: str) -> str:
    """A phone number whose middle is for the courier only."""
    return phone if len(phone) < 7 else f"{phone[:3]} **** {phone[-4:]}"


@register.simple_tag
def address_line(address: Address) -> str:
    """An address in one line; a municipality is not named twice."""
    area = dict.fromkeys(part for part in (address.province, address.city, address.district) if part)
    return " ".join([*area, address.street])


@register.simple_tag
def tone(order: Order) -> str:
    """The class of the pill that shows the order's state."""
    state = Order.State
    tones = {state.AWAITING_PAYMENT: "df-bad", state.TO_SHIP: "df-warn", state.SHIPPED: "df-info", state.RECEIVED: ""}
    return tones.get(state(order.state), "df-mute")


@register.simple_tag
def countdown(order: Order) -> SafeString:
    """The time left to pay, counted down by the script."""
    left = max(0, int((order.expires_at - timezone.now()).total_seconds())) if order.expires_at else 0
    words = f"{left // 60:02d}:{left % 60:02d}"
    return format_html('<span class="df-cd" data-countdown="{}">{}</span>', left, words)


@register.inclusion_tag("dailyfresh_orders/_stars.html")
def stars(value: Decimal | int | None) -> dict[str, Any]:
    """Five stars of which as many shine as the value rounds to."""
    full = int((value or 0) + Decimal("0.5"))
    label = ngettext("%(n)s star of 5", "%(n)s stars of 5", full) % {"n": value}
    return {"label": label, "shining": [n < full for n in range(5)]}


@register.simple_tag
def gateway_label(order: Order) -> str:
    """How the order is paid, in words."""
    return label_of(order.payment_method)


@register.simple_tag
def steps(order: Order) -> list[dict[str, Any]]:
    """The steps of an order with their times, the present one in the words of its state, and when it is to come; none for one that is over unmade."""
    state = Order.State
    if order.state in (state.CANCELLING, state.CANCELLED, state.CLOSED):
        return []
    taken = [
        (_("Placed"), order.placed_at),
        (pgettext("time", "Paid"), order.paid_at),
        *([(_("Packed"), order.settled_at)] if order.settled_at else []),
        (_("Shipped"), order.shipped_at),
        (_("Received"), order.received_at),
        (_("Reviewed"), order.ended_at),
    ]
    if order.expires_at is None and order.paid_at is None:
        taken.pop(1)  # cash on delivery
    if not order.requires_shipping:
        taken = [step for step in taken if step[0] not in (_("Shipped"), _("Received"))]
    current = next((n for n, (label, at) in enumerate(taken) if at is None), len(taken))
    return [
        {
            "label": order.get_state_display() if n == current else label,
            "at": at,
            "when": order.when if label == _("Received") else "",
            "done": n < current,
            "current": n == current,
        }
        for n, (label, at) in enumerate(taken)
    ]


@register.filter
def may_be_short(order: Order) -> bool:
    """Whether it is to be packed, by a shop that asked what becomes of what is short."""
    return packs() and order.requires_shipping and order.settled_at is None and not order.ended


REFUND_TONES = {
    Refund.State.ASKED: "df-warn",
    Refund.State.READY: "df-info",
    Refund.State.SENT: "df-info",
    Refund.State.DONE: "",
    Refund.State.REFUSED: "df-bad",
}


@register.inclusion_tag("dailyfresh_orders/_refunds.html", takes_context=True)
def refunds(context: template.Context, order: Order) -> dict[str, Any]:
    """The refunds of an order as its buyer sees them; nothing when there are none."""
    found = list(refunds_of(order)) if order.state != Order.State.AWAITING_PAYMENT else []
    for refund in found:
        refund.tone = REFUND_TONES.get(Refund.State(refund.state), "df-mute")  # type: ignore[attr-defined]
    return {"order": order, "refunds": found, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def gives_back(refundable: Refundable, line: OrderLine) -> str:
    """What of a line goes back for one piece and for all that is left, in words: after offers less than it is sold for. Of a weight all of it."""
    left = refundable.pieces[line.pk]
    everything = shown(refundable.worth_of_all(line.pk))
    if line.sold_by == measures.WEIGHT:
        return f"{everything} / {measures.weight(left)}"
    if left == 1:
        return everything
    one = shown(refundable.worth(line.pk, 1))
    return _("%(one)s for one, %(all)s for all %(n)d") % {"one": one, "all": everything, "n": left}


@register.filter
def can_ask_refund(order: Order) -> bool:
    """Whether the buyer may ask for a refund now: for the link to the form."""
    return refund_askable(order)


@register.inclusion_tag("dailyfresh_core/work.html", takes_context=True)
def dailyfresh_orders_work(context: template.Context) -> dict[str, Any]:
    """What is to be done, for the first page of the admin; each a link to the list of it."""
    return {"jobs": work_for(context["request"].user)}


@register.inclusion_tag("admin/dailyfresh_orders/order/_facts.html", takes_context=True)
def order_facts(context: template.Context, order: Order) -> dict[str, Any]:
    """One order at a glance for staff: goods, buyer with the latest other orders, payments with their refunds."""
    others = Order.objects.filter(user=order.user_id).exclude(pk=order.pk).order_by("-pk")[:5]
    return {
        "order": order,
        "lines": order.lines.all(),
        "earlier": others if order.user_id else [],
        "payments": order.payments.prefetch_related("refunds").order_by("pk"),
        "story": story_of(order),
        "steps": open_steps(order),
        "perms": context.get("perms"),
    }
