from typing import Any

from django import template

from ..models import Order, Refund
from ..selectors import refunds_of
from ..services import refund_askable

register = template.Library()

TONES = {
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
        refund.tone = TONES.get(Refund.State(refund.state), "df-mute")  # type: ignore[attr-defined]
    return {"order": order, "refunds": found, "csrf_token": context.get("csrf_token")}


@register.filter
def can_ask_refund(order: Order) -> bool:
    """Whether the buyer may ask for a refund now: for the link to the form."""
    return refund_askable(order)
