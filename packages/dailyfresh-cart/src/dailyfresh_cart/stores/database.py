"""Carts in the site's database: one row per owner."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from dailyfresh_core.db.retrying import Busy, retried
from dailyfresh_core.db.rows import in_portions
from dailyfresh_core.pricing.measures import pieces_of
from django.db import DatabaseError, connections, transaction

from ..exceptions import CartUnavailable
from ..models import StoredCart
from .base import Held, Owner
from .document import Document, DocumentStore, is_empty, lines_of

T = TypeVar("T")
BATCH = 500
"""Carts that a survey reads in one statement."""


class DatabaseStore(DocumentStore):
    """Keeps each cart as one row, in the database `using`; a change joins the transaction that is open."""

    def __init__(self, *, using: str = "default") -> None:
        self.using = using

    def load(self, owner: Owner) -> Document:
        with _asking():
            found = (
                StoredCart.objects.using(self.using).filter(owner=owner.key).values_list("document", flat=True).first()
            )
        return found if isinstance(found, dict) else {}

    def edit(self, owner: Owner, work: Callable[[Document], T]) -> T:
        def write() -> T:
            with transaction.atomic(using=self.using):
                return self._edit(owner, work)

        with _asking():
            return retried(write, using=self.using)()

    def _edit(self, owner: Owner, work: Callable[[Document], T]) -> T:
        rows = StoredCart.objects.using(self.using)
        # Writing first takes the row's lock (SQLite: the file's) before anything is read. Reading first would fail under
        # SQLite's deferred transactions and see an old snapshot under REPEATABLE READ; looking for a row that is not
        # there before inserting it would lock the gap, and two of these wait for each other.
        with_target = connections[self.using].features.supports_update_conflicts_with_target
        rows.bulk_create(
            [StoredCart(owner=owner.key, touched=time.time_ns() // 1000)],
            update_conflicts=True,
            update_fields=["touched"],
            unique_fields=["owner"] if with_target else None,
        )
        row = rows.select_for_update().get(owner=owner.key)
        before = repr(row.document)
        if not isinstance(row.document, dict):  # nothing that a cart of ours wrote
            row.document = {}
        result = work(row.document)
        if is_empty(row.document):
            row.delete()
        elif repr(row.document) != before:
            row.changed = int(time.time())
            row.save(using=self.using, update_fields=["document", "changed"])
        return result

    def drop(self, owner: Owner, *, unless_changed_since: int | None = None) -> bool:
        rows = StoredCart.objects.using(self.using).filter(owner=owner.key)
        if unless_changed_since is not None:
            rows = rows.filter(changed__lt=unless_changed_since)
        with _asking():
            return bool(rows.delete()[0])

    def survey(self) -> Iterator[Held]:
        for row in in_portions(StoredCart.objects.using(self.using), BATCH):
            lines = lines_of(row.document)
            yield Held(
                Owner(row.owner), len(lines), sum(pieces_of(line.quantity) for line in lines.values()), row.changed
            )


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except (DatabaseError, Busy) as error:
        raise CartUnavailable(f"the database does not answer: {error}") from error
