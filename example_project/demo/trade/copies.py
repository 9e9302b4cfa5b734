"""More of the same trade: what happened to an order that is over happened to others too, at another time and with another buyer.

Rows are written in bulk, and the sums of a copy are those of its original, so the books agree as they did.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from dailyfresh_core.days import local
from dailyfresh_orders.joins import address_book
from dailyfresh_orders.models import (
    ADDRESS,
    Adjustment,
    Booking,
    Message,
    Order,
    OrderLine,
    OrderLog,
    Payment,
    PaymentLog,
    Refund,
    RefundLine,
    Review,
    ReviewPicture,
)
from dailyfresh_orders.services import masked
from dailyfresh_orders.services.checkout.drafting import new_number
from django.db import models, transaction
from django.utils.crypto import get_random_string

from .opinions import Opinions

CHILDREN: tuple[tuple[type[models.Model], str], ...] = (
    (OrderLine, "order"),
    (Adjustment, "order"),
    (OrderLog, "order"),
    (Payment, "order"),
    (PaymentLog, "payment"),
    (Refund, "payment"),
    (RefundLine, "refund"),
    (Booking, "order"),
    (Message, "order"),
    (Review, "line"),
    (ReviewPicture, "review"),
)
"""What belongs to an order, each after what it points to; by which column it belongs to it."""


@contextmanager
def times_kept() -> Iterator[None]:
    """Rows are written with the times that they have, also where a column takes the moment of writing."""
    with ExitStack() as stack:
        for model in (Order, *(each for each, _column in CHILDREN)):
            for column in model._meta.concrete_fields:
                if getattr(column, "auto_now_add", False):
                    stack.enter_context(patch.object(column, "auto_now_add", False))
        yield


@dataclass
class Copies:
    """The orders that are over, with all that belongs to them, to be written again and again."""

    draw: random.Random
    since: datetime
    until: datetime
    buyers: Sequence[Any]
    opinions: Opinions
    orders: list[Order] = field(init=False)
    rows: dict[type[models.Model], list[Any]] = field(init=False)
    order_of: dict[type[models.Model], dict[Any, Any]] = field(init=False)
    """Model -> key of a row -> key of its order."""
    last: dict[Any, datetime] = field(init=False)
    """Key of an order -> when something happened to it last."""
    homes: dict[Any, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        waits = Refund.objects.filter(state__in=(*Refund.OPEN, Refund.State.REFUSED)).values("payment__order")
        over = Order.objects.exclude(ended_at=None).exclude(pk__in=waits)
        self.orders = list(over.select_related("user").order_by("pk"))
        self.last = {order.pk: order.ended_at for order in self.orders if order.ended_at}
        self.rows, self.order_of = {}, {Order: {order.pk: order.pk for order in self.orders}}
        for model, column in CHILDREN:
            parents = self.order_of[model._meta.get_field(column).related_model]  # type: ignore[index]
            found = model._default_manager.filter(**{f"{column}__in": list(parents)}).order_by("pk")
            self.rows[model] = list(found)
            self.order_of[model] = {row.pk: parents[getattr(row, f"{column}_id")] for row in self.rows[model]}
            for row in self.rows[model]:
                for name in ("at", "created_at", "done_at"):
                    if at := getattr(row, name, None):
                        order = self.order_of[model][row.pk]
                        self.last[order] = max(self.last[order], at)
        book = address_book()
        chosen = {user.pk: book.choices(user)[0] for user in self.buyers} if book else {}
        columns = (*ADDRESS, "district_code")
        self.homes = {pk: {name: getattr(home, name) for name in columns} for pk, home in chosen.items()}

    @transaction.atomic
    def write(self) -> int:
        """One copy of each; gives how many orders."""
        parts = [Copy(order, self.draw.choice(self.buyers), self._shift(order)) for order in self.orders]
        made = [
            part.again(
                part.order,
                number=part.number,
                token=get_random_string(32),
                user_id=part.buyer.pk,
                window="",
                turn=None,
                **(self.homes[part.buyer.pk] if part.order.requires_shipping else {}),
            )
            for part in parts
        ]
        new: dict[type[models.Model], dict[Any, Any]] = {Order: _keyed(self.orders, Order.objects.bulk_create(made))}
        part_of = {part.order.pk: part for part in parts}
        for model, _column in CHILDREN:
            copies = [self._copy(row, part_of[self.order_of[model][row.pk]], new) for row in self.rows[model]]
            new[model] = _keyed(self.rows[model], model._default_manager.bulk_create(copies, batch_size=2000))
        return len(made)

    def _copy(self, row: Any, part: "Copy", new: dict[type[models.Model], dict[Any, Any]]) -> Any:
        """The row again, pointing to what was written again; what is its buyer's is the new buyer's."""
        changes: dict[str, Any] = {}
        for column in row._meta.concrete_fields:
            key = getattr(row, column.attname)
            if key is not None and column.related_model in new:
                changes[column.attname] = new[column.related_model][key].pk
        made = part.again(row, **changes)
        if isinstance(made, Booking):
            made.day = local(made.at).date()
        elif isinstance(made, Payment) and made.trade_no:
            made.trade_no = f"{made.trade_no[:13]}{self.draw.randrange(10**15):015}"
        elif isinstance(made, Refund) and made.asked_by_id:
            made.asked_by = part.buyer
        elif isinstance(made, Review):
            made.user, made.author = part.buyer, made.author and masked(part.buyer.username)
            words = self.opinions.words_about(made.sku_id)
            made.stars, made.text = words.stars, words.text
        return made

    def _shift(self, order: Order) -> timedelta:
        """By whole days: it came at an hour at which orders come."""
        back, ahead = self.since - order.placed_at, self.until - self.last[order.pk]
        return timedelta(days=(back + self.draw.random() * (ahead - back)).days)


@dataclass
class Copy:
    """One order of them, moved in time and to another buyer."""

    order: Order
    buyer: Any
    shift: timedelta
    number: str = field(init=False)

    def __post_init__(self) -> None:
        self.number = f"{local(self.order.placed_at + self.shift):%y%m%d}{new_number()[6:]}"

    def again(self, row: Any, **changes: Any) -> Any:
        """The row without its key: its times moved, the order's number and its buyer's name those of the copy."""
        return type(row)(**{**dict(self._values(row)), **changes})

    def _values(self, row: Any) -> Iterator[tuple[str, Any]]:
        was = self.order.user.get_username() if self.order.user else ""
        for column in row._meta.concrete_fields:
            if column.primary_key:
                continue
            value = getattr(row, column.attname)
            if isinstance(value, datetime):
                value += self.shift
            elif isinstance(value, str):
                value = self.buyer.get_username() if value == was else value.replace(self.order.number, self.number)
            yield column.attname, value


def _keyed(rows: Sequence[Any], made: Sequence[Any]) -> dict[Any, Any]:
    return {row.pk: copy for row, copy in zip(rows, made, strict=True)}
