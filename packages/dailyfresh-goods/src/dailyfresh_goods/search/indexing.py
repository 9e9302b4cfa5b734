"""Keeps the index as the database is: from rows written with each change, by one writer at a time."""

import logging
import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import inf
from typing import Any

from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.db.rows import in_portions
from django.db.models import QuerySet
from haystack import connections
from haystack.constants import DEFAULT_ALIAS

from ..conf import conf
from ..models import SKU, StaleDocument
from ..services import marks_here
from .engines.base import IndexUnavailable, LocalBackend, NoIndexYet
from .search_indexes import SKUIndex

logger: logging.Logger = logging.getLogger(__name__)
BATCH = 500
PORTION = 10_000  # SKUs read at a time of the whole catalogue, and documents in one commit of a rebuild


def backend_of(alias: str) -> Any:
    """The haystack backend of a connection."""
    return connections[alias].get_backend()


def index_of(alias: str) -> SKUIndex:
    """The index class of the SKUs in a connection."""
    found: SKUIndex = connections[alias].get_unified_index().get_index(SKU)
    return found


def haystack_id(key: object) -> str:
    """haystack's id of a SKU."""
    return f"{SKU._meta.label_lower}.{key}"


def drain(alias: str = DEFAULT_ALIAS, *, seconds: float | None = None) -> int:
    """Indexes what is marked and unmarks it, batch after batch until nothing is, or `seconds` are over; gives how many SKUs.

    May be called at any time, from anywhere, twice at once: one process works, the others leave at once.
    The lock is held from reading the SKU to writing its document, so an older state cannot overwrite a newer one. The marks go
    last: a process that dies before repeats its batch. An index that cannot be read or written is built anew first, whatever
    waits. When something else writes for too long the marks stay for the next drain.
    """
    backend, number, marks = backend_of(alias), 0, marks_here(StaleDocument, anew={"sku_id": StaleDocument.EVERYTHING})
    end = inf if seconds is None else time.monotonic() + seconds
    try:
        while True:
            with backend.draining() if isinstance(backend, LocalBackend) else nullcontext():
                number += _heal_and_work_off(backend, alias, marks, end)
            # A mark may have come while we held the lock, and its own drain gone home on seeing it.
            if time.monotonic() >= end or not marks.exists():
                return number
    except Busy as error:
        logger.debug("The index is left to another drain: %s", error)
        return number


def _heal_and_work_off(backend: Any, alias: str, marks: "QuerySet[StaleDocument]", end: float) -> int:
    if conf.HOST_NAME and (asked := list(marks.filter(sku_id=StaleDocument.EVERYTHING).values_list("pk", flat=True))):
        rebuild(alias)
        marks.filter(pk__in=asked).delete()
    try:
        if isinstance(backend, LocalBackend):
            # A search of all costs whoosh more than the writing of one SKU; who writes learns as much.
            backend.probe(search=not marks.exists())
        return _work_off(backend, alias, marks, end)
    except IndexUnavailable as error:
        if isinstance(error, NoIndexYet):
            logger.warning("There is no index yet; it is built now")
        else:
            logger.exception("The index is damaged; it is built anew")
        rebuild(alias)
        return _work_off(backend, alias, marks, end)


def _work_off(backend: Any, alias: str, marks: "QuerySet[StaleDocument]", end: float) -> int:
    number = 0
    if not marks.exists():
        return number
    with _writing(backend):
        while due := list(marks.order_by("pk").values_list("pk", "sku_id")[:BATCH]):
            keys = {sku_id for _pk, sku_id in due}
            _bring(backend, alias, keys)
            StaleDocument.objects.filter(pk__in=[pk for pk, _sku_id in due]).delete()
            number += len(keys)
            if time.monotonic() >= end:
                break
    return number


def _writing(backend: Any) -> AbstractContextManager[None]:
    return backend.writing() if isinstance(backend, LocalBackend) else nullcontext()


def _bring(backend: Any, alias: str, keys: set[int]) -> None:
    """Puts the SKUs of `keys` that are on sale into the index and takes the others out."""
    index = index_of(alias)
    found = list(index.index_queryset().filter(pk__in=keys))
    gone = [haystack_id(key) for key in sorted(keys - {sku.pk for sku in found})]
    if isinstance(backend, LocalBackend):
        backend.apply(index, found, gone)
        return
    if found:
        backend.update(index, found)
    for key in gone:
        backend.remove(key)


def rebuild(alias: str = DEFAULT_ALIAS) -> int:
    """Builds the index aside and swaps it in; searches go on meanwhile. Gives the number of SKUs; raises Busy."""
    backend, index = backend_of(alias), index_of(alias)

    def load(keys: list[str]) -> list[Any]:
        return list(index.index_queryset().filter(pk__in=[key.rpartition(".")[2] for key in keys]))

    rows = in_portions(index.index_queryset(), PORTION)
    portions = iter(lambda: list(islice(rows, PORTION)), [])
    if isinstance(backend, LocalBackend):
        return backend.rebuild(index, portions, load)
    backend.clear(models=[SKU])
    number = 0
    for objects in portions:
        backend.update(index, objects)
        number += len(objects)
    return number


@dataclass
class Status:
    """How the index stands to the database; the three lists are keys of SKUs."""

    waiting: int
    oldest: datetime | None
    documents: int = 0
    size: int | None = None
    missing: list[int] = field(default_factory=list)
    outdated: list[int] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)
    error: str = ""

    @property
    def differences(self) -> list[int]:
        return [*self.missing, *self.outdated, *self.extra]


def status(alias: str = DEFAULT_ALIAS) -> Status:
    """Compares every document with its SKU; reads the whole catalogue."""
    backend = backend_of(alias)
    marks = StaleDocument.objects.filter(host__in=("", conf.HOST_NAME))
    first = marks.order_by("marked_at").first()
    found = Status(waiting=marks.count(), oldest=first.marked_at if first else None)
    if not isinstance(backend, LocalBackend):
        found.error = "Only local engines can be compared; count documents with the engine's own tools."
        return found
    backend.forget_reader()
    try:
        indexed = {int(key): digest for key, digest in backend.digests().items()}
    except IndexUnavailable as error:
        found.error = str(error)
        return found
    rows = in_portions(index_of(alias).index_queryset(), PORTION)
    expected = {sku.pk: SKUIndex.digest_of(sku) for sku in rows}
    found.documents, found.size = len(indexed), backend.size()
    found.missing = sorted(expected.keys() - indexed.keys())
    found.extra = sorted(indexed.keys() - expected.keys())
    found.outdated = sorted(key for key in expected.keys() & indexed.keys() if expected[key] != indexed[key])
    return found


def repair(alias: str, found: Status) -> None:
    """Indexes what `found` says differs; an index that cannot be read is built anew."""
    if found.error:
        rebuild(alias)
        return
    keys = found.differences
    with _writing(backend_of(alias)):
        for start in range(0, len(keys), BATCH):
            _bring(backend_of(alias), alias, set(keys[start : start + BATCH]))
