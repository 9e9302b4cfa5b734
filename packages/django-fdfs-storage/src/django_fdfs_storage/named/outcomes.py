"""What happens to files when a transaction ends: committed or rolled back."""

import atexit
import logging
import weakref
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..client import Engine
from ..exceptions import FastDFSError, NoSuchFile

logger: logging.Logger = logging.getLogger(__name__)
# Files whose rows were rolled back, until they are deleted; the oldest are left to fdfs_gc.
_rubbish: deque[tuple[Engine, str]] = deque(maxlen=10_000)
PAUSE_SECONDS = 10.0
_pauses: dict[Engine, float] = {}
# (database, name) -> when to ask again, and the file id.
remembered: dict[tuple[str, str], tuple[float, str]] = {}
_changing: "weakref.WeakKeyDictionary[BaseDatabaseWrapper, list[str]]" = weakref.WeakKeyDictionary()


class _Outcome:
    """Django calls it at the commit, and drops it at a rollback of the transaction or its savepoint."""

    def __init__(self, committed: Callable[[], None], rolled_back: Callable[[], None]) -> None:
        self._committed = committed
        # Django logs it when the callback fails.
        setattr(self, "__qualname__", type(self).__qualname__)  # noqa: B010
        self._dropped = weakref.finalize(self, rolled_back)
        self._dropped.atexit = False

    def __call__(self) -> None:
        if self._dropped.detach():
            self._committed()


def settle(
    using: str,
    name: str,
    *,
    committed: Callable[[], Any] | None = None,
    rolled_back: Callable[[], Any] | None = None,
) -> None:
    """Call one of the two when the transaction ends, at once without one; until then `name` is changing."""
    changing = _changing.setdefault(connections[using], [])
    changing.append(name)
    forget(using, name)

    def ending(call: Callable[[], Any] | None) -> Callable[[], None]:
        def end() -> None:
            changing.remove(name)
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


def is_lost_race(error: OperationalError) -> bool:
    """Whether the database ended a transaction for another one (a deadlock, a lock waited for too long)."""
    return error.args[:1] in ((1205,), (1213,)) or getattr(error.__cause__, "sqlstate", None) in ("40001", "40P01")


def reject(engine: Engine, file_id: str) -> None:
    """Let `throw_away` delete a file that no row ever referred to."""
    _rubbish.append((engine, file_id))


def throw_away(**_signal: Any) -> None:
    """Delete the files of rolled-back saves; what cannot be deleted now is tried again after a pause."""
    for _ in range(len(_rubbish)):
        try:
            engine, file_id = _rubbish.popleft()
        except IndexError:
            return  # another thread was faster
        if _pauses.get(engine, 0.0) > monotonic():
            _rubbish.append((engine, file_id))
            continue
        try:
            engine.delete(file_id)
        except NoSuchFile:
            continue
        except FastDFSError as error:
            logger.warning("%s was rolled back and could not be deleted: %s", file_id, error)
            _pauses[engine] = monotonic() + PAUSE_SECONDS
            _rubbish.append((engine, file_id))


atexit.register(throw_away)
