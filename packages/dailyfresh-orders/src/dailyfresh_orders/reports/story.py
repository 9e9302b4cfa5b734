"""What happened to an order, as staff read it: its steps and what they wrote to each other, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext, pgettext_lazy

from ..gateways import label_of
from ..models import Order, OrderLog, OrderNote

PARTS = {
    "clock": pgettext_lazy("who moved an order", "the clock"),
    "sweep": pgettext_lazy("who moved an order", "the clock"),
    "refund": pgettext_lazy("who moved an order", "a refund"),
}
"""The parts of the shop that move orders by themselves, as the log calls them."""
REASONS = {
    gettext_noop("not paid in time"),
    gettext_noop("not confirmed in time"),
    gettext_noop("not reviewed in time"),
    gettext_noop("every line is reviewed"),
    gettext_noop("nothing can be paid any more"),
    gettext_noop("cancelled by the shop"),
}
"""What the log says in English whoever reads it; anything else stays as somebody wrote it."""


@dataclass(frozen=True)
class Happened:
    """A step, or a note: then `step` is empty."""

    at: datetime
    by: str
    step: str
    text: str


def story_of(order: Order) -> list[Happened]:
    """Two statements."""
    buyer = order.user.get_username() if order.user else pgettext("who moved an order", "the buyer")
    placed = Happened(order.placed_at, buyer, _("Placed"), "")
    steps = [
        Happened(entry.at, _who(entry), _step(entry), _(entry.why) if entry.why in REASONS else entry.why)
        for entry in OrderLog.objects.filter(order=order)
    ]
    notes = [
        Happened(note.at, str(note.by or "—"), "", note.text)
        for note in OrderNote.objects.filter(order=order).select_related("by")
    ]
    return [placed, *sorted(steps + notes, key=lambda each: each.at)]


def _who(entry: OrderLog) -> str:
    return str(PARTS[entry.by]) if entry.by in PARTS else label_of(entry.by)


def _step(entry: OrderLog) -> str:
    if entry.rescheduled:
        return pgettext("step", "Another time")
    return str(Order.State(entry.became).label) if entry.became in Order.State else entry.became
