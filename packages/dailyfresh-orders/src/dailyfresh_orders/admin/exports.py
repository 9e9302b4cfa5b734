"""Papers and files for staff: what to pick and to pack, and tables to take away."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dailyfresh_core.days import local
from dailyfresh_core.db.rows import in_portions
from dailyfresh_core.exchange import write_csv
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ..gateways import label_of
from ..models import Difference, Order, OrderLine, Reconciliation
from ..selectors import known_goods, name_of

PIECE = 1000
"""Orders of an export that are in memory at once."""


def _open_lines(order: Order) -> list[tuple[OrderLine, int]]:
    """The lines that are to be sent, with how many of each: what was refunded stays here."""
    return [(line, line.whole - line.refunded) for line in order.lines.all() if line.whole > line.refunded]


def picking_list(chosen: "QuerySet[Order]") -> dict[str, Any]:
    """What to fetch for the chosen orders that are to be shipped, named for whoever fetches it: one row a SKU, with the orders it goes to."""
    orders = list(chosen.filter(state=Order.State.TO_SHIP).prefetch_related("lines").order_by("pk"))
    known = known_goods(line for order in orders for line in order.lines.all())
    picks: dict[tuple[str, str, str], dict[str, Any]] = {}
    for order in orders:
        for line, quantity in _open_lines(order):
            name = name_of(line, known)
            key, new = (name, line.sku_id, line.sold_by), {"line": line, "name": name, "quantity": 0, "orders": []}
            pick = picks.setdefault(key, new)
            pick["quantity"] += quantity
            pick["orders"].append((order.number, quantity))
    return {"picks": [picks[key] for key in sorted(picks)], "orders": orders}


def delivery_notes(chosen: "QuerySet[Order]") -> dict[str, Any]:
    """A sheet for each chosen order."""
    orders = chosen.select_related("invoice").prefetch_related("lines", "adjustments").order_by("pk")
    return {"notes": [(order, _open_lines(order)) for order in orders]}


def orders_csv(chosen: "QuerySet[Order]") -> Iterator[bytes]:
    """The chosen orders as CSV, newest first, read and sent in pieces: as many as there are, in the memory that a piece takes."""
    columns = [
        _("Order number"), _("Placed"), _("State"), _("Paid"), _("Payment"), _("Buyer"), _("Receiver"), _("Phone"),
        _("Address"), _("Delivery time"), _("Goods"), _("Discount"), _("Fees"), _("Freight"), _("Total"), _("Carrier"), _("Tracking number"), _("Invoice"), _("Lines"),
    ]  # fmt: skip
    orders = chosen.select_related("user", "invoice").prefetch_related("lines")
    return write_csv(columns, (_row(columns, order) for order in in_portions(orders, PIECE, newest_first=True)))


def _row(columns: list[str], order: Order) -> dict[str, object]:
    lines = "; ".join(f"{line.name} {line.unit} {line.box}" for line in order.lines.all())
    values = (
        order.number, _time(order.placed_at), order.get_state_display(), _time(order.paid_at),
        label_of(order.payment_method), str(order.user or ""), order.receiver, order.phone, order.address, order.when, order.goods_total,
        order.discount, order.fees, order.freight, order.payable, order.carrier, order.tracking_number, str(getattr(order, "invoice", "")), lines,
    )  # fmt: skip
    return dict(zip(columns, values, strict=True))


def _time(instant: datetime | None) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M:%S}" if instant else ""


def differences_csv(chosen: "QuerySet[Reconciliation]") -> Iterator[bytes]:
    """What the chosen comparisons found, as CSV."""
    columns = [_("Day"), _("Gateway"), _("Number"), _("What"), _("Ours"), _("The gateway's"), _("Repaired")]
    found = Difference.objects.filter(reconciliation__in=chosen).order_by("reconciliation__day", "pk")
    values = (
        "reconciliation__day",
        "reconciliation__gateway",
        "payment__out_trade_no",
        "what",
        "ours",
        "theirs",
        "repaired",
    )
    return write_csv(columns, (dict(zip(columns, row, strict=True)) for row in found.values_list(*values)))
