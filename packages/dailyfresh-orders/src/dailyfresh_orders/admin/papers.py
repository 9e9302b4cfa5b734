"""Papers and files made of chosen orders."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ..days import local
from ..gateways import label_of
from ..models import Order, OrderLine

BOM = "\ufeff"
"""Excel reads UTF-8 only after a byte order mark."""


def _open_lines(order: Order) -> list[tuple[OrderLine, int]]:
    """The lines that are to be sent, with how many of each: what was refunded stays here."""
    return [(line, line.quantity - line.refunded) for line in order.lines.all() if line.quantity > line.refunded]


def picking_list(chosen: "QuerySet[Order]") -> dict[str, Any]:
    """What to fetch for the chosen orders that are to be shipped: one row a SKU, with the orders it goes to."""
    orders = list(chosen.filter(state=Order.State.TO_SHIP).prefetch_related("lines").order_by("pk"))
    picks: dict[tuple[str, str], dict[str, Any]] = {}
    for order in orders:
        for line, quantity in _open_lines(order):
            pick = picks.setdefault((line.name, line.sku_id), {"line": line, "quantity": 0, "orders": []})
            pick["quantity"] += quantity
            pick["orders"].append((order.number, quantity))
    return {"picks": [picks[key] for key in sorted(picks)], "orders": orders}


def delivery_notes(chosen: "QuerySet[Order]") -> dict[str, Any]:
    """A sheet for each chosen order."""
    orders = chosen.prefetch_related("lines").order_by("pk")
    return {"notes": [(order, _open_lines(order)) for order in orders]}


def csv_rows(chosen: "QuerySet[Order]") -> Iterator[str]:
    """The chosen orders as CSV, read and sent in pieces: as many as there are, in the memory that a piece takes."""
    writer = csv.writer(_Echo())
    yield BOM + writer.writerow(
        [
            _("Order number"), _("Placed"), _("State"), _("Paid"), _("Payment"), _("Buyer"), _("Receiver"), _("Phone"),
            _("Address"), _("Goods"), _("Freight"), _("Total"), _("Carrier"), _("Tracking number"), _("Lines"),
        ]
    )  # fmt: skip
    for order in _in_pieces(chosen.select_related("user").prefetch_related("lines").order_by("-pk")):
        lines = "; ".join(f"{line.name} {line.unit} × {line.quantity}" for line in order.lines.all())
        row = [
            order.number, _time(order.placed_at), order.get_state_display(), _time(order.paid_at),
            label_of(order.payment_method), order.user or "", order.receiver, order.phone, order.address, order.goods_total,
            order.freight, order.total, order.carrier, order.tracking_number, lines,
        ]  # fmt: skip
        yield writer.writerow(map(harmless, row))


def _in_pieces(orders: "QuerySet[Order]", size: int = 1000) -> Iterator[Order]:
    """The orders, newest first, each piece by a statement of its own: MySQL's driver would fetch the whole answer of one."""
    piece = list(orders[:size])
    while piece:
        yield from piece
        piece = list(orders.filter(pk__lt=piece[-1].pk)[:size])


def _time(instant: datetime | None) -> str:
    return f"{local(instant):%Y-%m-%d %H:%M:%S}" if instant else ""


def harmless(value: object) -> str:
    """A cell that no spreadsheet takes for a formula, whatever a buyer typed."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class _Echo:
    """A file that gives back what is written: csv writes a row, the response streams it."""

    def write(self, row: str) -> str:
        return row
