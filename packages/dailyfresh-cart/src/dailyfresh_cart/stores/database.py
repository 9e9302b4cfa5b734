"""Carts in the site's database: one row per owner."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, transaction
from django.db.models import F

from ..exceptions import CartUnavailable
from ..models import StoredCart
from .base import Held, Owner
from .document import Document, DocumentStore, is_empty, lines_of


class DatabaseStore(DocumentStore):
    """Keeps each cart as one row, in the database `using`; a change joins the transaction that is open."""

    def __init__(self, *, using: str = "default") -> None:
        self.using = using

    def load(self, owner: Owner) -> Document:
        with _asking():
            found = (
                StoredCart.objects.using(self.using).filter(owner=owner.key).values_list("document", flat=True).first()
            )
        return found or {}

    @contextmanager
    def edit(self, owner: Owner) -> Iterator[Document]:
        rows = StoredCart.objects.using(self.using)
        with _asking(), transaction.atomic(using=self.using):
            # Writing first takes the row's lock (SQLite: the file's) before anything is read. Reading first would fail
            # under SQLite's deferred transactions and see an old snapshot under REPEATABLE READ.
            if not rows.filter(owner=owner.key).update(revision=F("revision") + 1):
                rows.bulk_create([StoredCart(owner=owner.key)], ignore_conflicts=True)
                rows.filter(owner=owner.key).update(revision=F("revision") + 1)
            row = rows.select_for_update().get(owner=owner.key)
            before = repr(row.document)
            yield row.document
            if is_empty(row.document):
                row.delete()
            elif repr(row.document) != before:
                row.changed = row.document.get("changed", int(time.time()))
                row.save(using=self.using, update_fields=["document", "changed"])

    def drop(self, owner: Owner, *, unless_changed_since: int | None = None) -> bool:
        rows = StoredCart.objects.using(self.using).filter(owner=owner.key)
        if unless_changed_since is not None:
            rows = rows.filter(changed__lt=unless_changed_since)
        with _asking():
            return bool(rows.delete()[0])

    def survey(self) -> Iterator[Held]:
        for row in StoredCart.objects.using(self.using).order_by("pk").iterator():
            lines = lines_of(row.document)
            yield Held(Owner(row.owner), len(lines), sum(line.quantity for line in lines.values()), row.changed)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise CartUnavailable(f"the database does not answer: {error}") from error
