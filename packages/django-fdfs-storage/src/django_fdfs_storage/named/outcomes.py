"""What happens to files when a transaction ends: committed or rolled back."""

import atexit
import logging
import os
import weakref
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..client import Engine
from .drain import dispose, is_paused
from .models import StoredFile

logger: logging.Logger = logging.getLogger(__name__)
T = TypeVar("T")
ATTEMPTS = 10
# (database, engine, file id): files whose rows were, as it seems, rolled back; the oldest are left to fdfs_gc.
_rubbish: deque[tuple[str, Engine, str]] = deque(maxlen=10_000)
# (database, name) -> when to ask again, and the file id.
remembered: dict[tuple[str, str], tuple[float, str]] = {}
_changing: "weakref.WeakKeyDictionary[BaseDatabaseWrapper, Counter[str]]" = weakref.WeakKeyDictionary()


class _Outcome:
    """Django calls it at the commit, and drops it at a rollback of the transaction or its savepoint."""

    def __init__(self, committed: Callable[[], None], rolled_back: Callable[[], None]) -> None:
        self._committed = committed
        # Django logs it when the callback fails.
        setattr(self, "__qualname__", type(self).__qualname__)  # noqa: B010
        self._dropped = weakref.finalize(self, _in(os.getpid(), rolled_back))
        self._dropped.atexit = False

    def __call__(self) -> None:
        if self._dropped.detach():
            self._committed()


def _in(process: int, call: Callable[[], None]) -> Callable[[], None]:
    """In a fork nothing: its copy of the connection has a transaction that goes on in the parent."""

    def here() -> None:
        if os.getpid() == process:
            call()

    return here


def settle(
    using: str,
    name: str,
    *,
    committed: Callable[[], Any] | None = None,
    rolled_back: Callable[[], Any] | None = None,
) -> None:
    """Call one of the two when the transaction ends, at once without one; until then `name` is changing."""
    changing = _changing.setdefault(connections[using], Counter())
    changing[name] += 1
    forget(using, name)

    def ending(call: Callable[[], Any] | None) -> Callable[[], None]:
        def end() -> None:
            changing[name] -= 1
            if not changing[name]:
                del changing[name]
            forget(using, name)
            if call:
                call()

        return end

    transaction.on_commit(_Outcome(ending(committed), ending(rolled_back)), using=using, robust=True)


def forget(using: str, name: str) -> None:
    """Ask the table again for this name."""
    remembered.pop((using, name), None)


def is_changing(using: str, name: str) -> bool:
    """Whether this connection's open transaction changed the name: what it sees may never be true."""
    return name in _changing.get(connections[using], ())


def repeated(using: str, work: Callable[[], T]) -> T:
    """What `work` gives, done again where the database ended it for the sake of another transaction.

    Not in a transaction of the site: that has ended as well, and only the site can repeat it.
    """
    for left in reversed(range(ATTEMPTS)):
        try:
            return work()
        except OperationalError as error:
            if not left or connections[using].in_atomic_block or not _is_lost_race(error):
                raise
    raise AssertionError  # pragma: no cover - the last attempt gives or raises


def _is_lost_race(error: OperationalError) -> bool:
    """A deadlock, or a row that changed since it was read. A lock that was waited for in vain would be so again."""
    mysql = error.args[:1] in ((1213,), (1020,))
    return mysql or getattr(error.__cause__, "sqlstate", None) in ("40001", "40P01")


def reject(using: str, engine: Engine, file_id: str) -> None:
    """After a rollback: let `throw_away` delete a file, unless a row stands for it.

    Behind a broken connection the commit may still be going on, so that the table does not yet show its row: such a
    file is left to fdfs_gc.
    """
    if _has_answered(connections[using]):
        _rubbish.append((using, engine, file_id))
    else:
        logger.warning("%s may have lost its row with the connection to the database: fdfs_gc will tell", file_id)


def _has_answered(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has ended what it was told before, for a connection does one thing after the other."""
    if connection.in_atomic_block:
        return True  # and no commit was sent
    if connection.autocommit:
        return connection.connection is not None and connection.is_usable()
    # Called by Django's own rollback: a question would begin another transaction.
    return not connection.errors_occurred


def throw_away(**_signal: Any) -> None:
    """Delete the files of failed saves; what cannot be deleted now is tried again after a pause.

    An error does not tell whether a row was committed, for the answer to a commit may be lost: the table does.
    """
    found: dict[tuple[str, Engine], set[str]] = defaultdict(set)
    for _ in range(len(_rubbish)):
        try:
            using, engine, file_id = _rubbish.popleft()
        except IndexError:
            break  # another thread was faster
        # An open transaction may see the table as it was before.
        if connections[using].in_atomic_block or is_paused(engine, file_id):
            _rubbish.append((using, engine, file_id))
        else:
            found[using, engine].add(file_id)
    for (using, engine), file_ids in found.items():
        try:
            settled = dispose(StoredFile._base_manager.using(using), engine, file_ids)
        except Exception:
            # Whatever keeps the table from answering, the files are kept.
            logger.warning("%d files of failed saves wait for the database", len(file_ids), exc_info=True)
            settled = set()
        for file_id in file_ids - settled:
            _rubbish.append((using, engine, file_id))


if hasattr(os, "register_at_fork"):
    # What a fork copied is the parent's to end, and to delete.
    os.register_at_fork(after_in_child=_rubbish.clear)
    os.register_at_fork(after_in_child=_changing.clear)
atexit.register(throw_away)
