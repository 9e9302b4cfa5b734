"""Working off the marks: every stale page made anew, or taken away."""

import logging
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import inf
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from dailyfresh_core.background.waking import tasks_run_inline
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.db.together import together
from dailyfresh_core.metrics import histogram
from django.db import connections, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ..conf import conf
from ..exceptions import CacheUnavailable, PageRefused
from ..models import SKU, GoodsType, StalePage
from ..pages.base import PageWriter
from ..pages.build import build_run, writer
from ..pages.cache import invalidate, uncached
from ..pages.keys import ANEW, HOME, SITE, detail_key, details_key, groups_of, list_key, release, runs_of
from ..selectors import turned
from .following import marks_here
from .marks import mark

logger: logging.Logger = logging.getLogger(__name__)

REBUILD = histogram(
    "goods_rebuild_lag_seconds", "From the change of a page's goods to its page.", (1, 2, 5, 10, 30, 60, 300, 3600)
)
BATCH = 5000
STEP = 50  # details that one step of a complete rebuild makes, their rows asked for at once
RETRY = timedelta(seconds=60)


@dataclass
class Due:
    """The marks of one page."""

    ids: list[int] = field(default_factory=list)
    first: datetime = datetime.max
    last: datetime = datetime.min


def drain_pages(*, seconds: float = inf) -> bool:
    """Make every marked page anew, or begin nothing new after `seconds`; whether marks are left.

    May be called at any time, from anywhere, twice at once: one process works, the others leave at once.
    A mark is deleted after its page is written, so a killed drain is done again by the next.
    """
    to, marks, end = writer(), marks_here(StalePage, anew={"key": ANEW}), time.monotonic() + seconds
    try:
        if to is None:
            _work_off(marks, None, end)
            return False
        while True:
            with to.draining() as mine:
                if mine:
                    _work_off(marks, to, end)
            # A mark may have come while we held the lock, and its own drain gone home on seeing it.
            if not mine or time.monotonic() >= end or not _due(marks, to):
                return marks.filter(failed_at=None).exists()
    except CacheUnavailable as error:
        logger.warning("Stale pages wait, since the cache may still hold them: %s", error)
        return False


def _due(marks: "QuerySet[StalePage]", to: PageWriter | None) -> dict[str, Due]:
    """key -> its marks, for the pages that were quiet long enough or have waited too long."""
    now = timezone.now()
    waiting: dict[str, Due] = {}
    rows = marks.filter(Q(failed_at=None) | Q(failed_at__lte=now - RETRY)).order_by("pk")
    for pk, key, at in rows.values_list("pk", "key", "marked_at")[:BATCH]:
        due = waiting.setdefault(key, Due([], at, at))
        due.ids.append(pk)
        due.last = at
    if to is None or tasks_run_inline(conf.TASKS):  # nothing to write, or nobody to come back later
        return waiting
    quiet, patience = timedelta(seconds=conf.DEBOUNCE), timedelta(seconds=conf.DEBOUNCE * 10)
    return {
        key: due
        for key, due in waiting.items()
        if now - due.last >= quiet or now - due.first >= patience or key.startswith("details:")
    }


def _work_off(marks: "QuerySet[StalePage]", to: PageWriter | None, end: float) -> None:
    while due := _due(marks, to):
        invalidate(groups_of(due))  # the process that wrote the mark may have died before it did
        if to is None:
            StalePage.objects.filter(pk__in=[pk for page in due.values() for pk in page.ids]).delete()
            continue
        for key, page in due.items():
            _make(to, key, page)
            if time.monotonic() >= end:
                return


def _make(to: PageWriter, key: str, due: Due) -> None:
    rows = StalePage.objects.filter(pk__in=due.ids)
    try:
        following = _build(to, key)
    except (PageRefused, OSError, Busy) as error:
        logger.error("The page %s stays as it was: %s", key, error)
        rows.update(failed_at=timezone.now(), reason=str(error)[:200])
        return
    with transaction.atomic():
        StalePage.objects.bulk_create(following)
        rows.delete()
    REBUILD.observe((timezone.now() - due.first).total_seconds())


def _build(to: PageWriter, key: str) -> list[StalePage]:
    """Make the page, or one step of many; the marks that follow from it."""
    kind, _, name = key.partition(":")
    if kind == ANEW:
        with to.rebuild(release()):
            pass  # an empty set: whatever is not written yet comes from Django, and nothing that is outdated is served
        return [_mark(SITE)]
    if kind == SITE:
        slugs = GoodsType.objects.values_list("slug", flat=True)
        return [_mark(other) for other in (HOME, *map(list_key, slugs), details_key(0))]
    if kind != "details":
        build(to, key)
        return []
    pks = list(SKU.objects.filter(pk__gt=int(name)).order_by("pk").values_list("pk", flat=True)[:STEP])
    following = [_mark(details_key(pks[-1]))] if pks else []
    for key, error in _details(to, pks)[1].items():  # one bad page does not hold the others up
        logger.error("The page %s stays as it was: %s", key, error)
        following.append(_mark(key, failed_at=timezone.now(), reason=str(error)[:200]))
    return following


def _mark(key: str, **more: Any) -> StalePage:
    """A mark for this host's own drain."""
    return StalePage(key=key, host=conf.HOST_NAME, **more)


def build(to: PageWriter, key: str, *, ahead: bool = False) -> int:
    """Make a page under all its addresses; how many pages there are now."""
    return sum(build_run(to, language, paths, ahead) for language, paths in runs_of(key))


def _details(to: PageWriter, pks: list[int]) -> tuple[int, dict[str, PageRefused]]:
    """Make the details of these SKUs, whose rows are asked for together, and keep none in the cache; how many pages, and those that were
    refused.
    """
    pages, written, refused = 0, set(), {}
    with uncached(), together(map(str, pks)):
        for pk in pks:
            try:
                if number := build(to, detail_key(pk), ahead=True):
                    written.add(pk)
                    pages += number
            except PageRefused as error:
                refused[detail_key(pk)] = error
    # Whoever took one off sale since its row was read may have found no page yet to take away.
    for pk in written.difference(SKU.objects.filter(on_sale=True, pk__in=written).values_list("pk", flat=True)):
        build(to, detail_key(pk))
    return pages, refused


def build_everything(to: PageWriter, release: str, done: Callable[[int, int], None], *, jobs: int = 1) -> int:
    """Make a new set of all pages in so many processes, and serve it when it is whole; how many pages.

    `done` is told the pages made so far and how many keys are left. Changes meanwhile reach the new set too.
    """
    made = 0
    with to.rebuild(release) as aside, ExitStack() as held:
        portions = _portions()
        left = sum(map(len, portions))
        each = map if jobs == 1 else held.enter_context(_processes(jobs)).map
        for keys, pages in each(partial(_portion, aside), portions):
            made, left = made + pages, left - keys
            done(made, left)
    return made


def _portions() -> list[list[str]]:
    """The keys of all pages: the dear ones each for itself, the details in steps."""
    pks = list(SKU.objects.filter(on_sale=True).order_by("pk").values_list("pk", flat=True))
    details = [[detail_key(pk) for pk in pks[at : at + STEP]] for at in range(0, len(pks), STEP)]
    return [[HOME], *([list_key(slug)] for slug in GoodsType.objects.values_list("slug", flat=True)), *details]


def _portion(to: PageWriter, keys: list[str]) -> tuple[int, int]:
    pks = [int(name) for kind, _, name in (key.partition(":") for key in keys) if kind == "detail"]
    if not pks:
        return len(keys), sum(build(to, key) for key in keys)
    pages, refused = _details(to, pks)
    for error in refused.values():
        raise error
    return len(keys), pages


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    """Forked, for they inherit the site as it is set up; each opens connections of its own. One that is killed is a BrokenProcessPool."""
    connections.close_all()
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_end_with_parent)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever, and hold the lock that it inherited."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def turn_home() -> bool:
    """Mark the home page when a scheduled banner began or ended since it was written; whether it did."""
    to = writer()
    if to is None:
        return False  # the cached page expires at that moment by itself
    paths = [path for _language, run in runs_of(HOME) for path in run]
    written = [to.written_at(path) for path in paths]
    since = min((moment for moment in written if moment), default=None)
    if since is not None and timezone.is_naive(timezone.now()):
        since = timezone.make_naive(since)
    if since is None or not turned(since):
        return False
    mark([HOME])
    return True
