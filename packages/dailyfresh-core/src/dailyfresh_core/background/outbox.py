"""What all outboxes share: rows that say what must happen, worked off by a drain that may run anywhere, any number of times.

A row is claimed by one UPDATE, so of many workers one has it; the claim of a worker that died runs out. What fails is tried again
after a pause, and given up when its time is over.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone

logger: logging.Logger = logging.getLogger(__name__)
CLAIM = timedelta(seconds=180)
"""How long a letter is claimed. Longer than a whole conversation with a slow server, or a second worker would send again."""
GIVE_UP_AFTER = timedelta(days=1)
PATIENCE = 3
"""Failures in a row after which a drain leaves what is left of their kind for its next run: each may cost a time-out."""
NOT_NEEDED = "no longer needed"
"""The `error` of a letter that was closed because sending it had become vain: nothing went wrong."""

Row = TypeVar("Row")


@dataclass(slots=True)
class Drained:
    """What one run of a drain did."""

    done: int = 0
    failed: int = 0


def work_off(
    rows: Iterable[Row],
    work: Callable[[Row], bool],
    *,
    seconds: float = 20.0,
    lane: Callable[[Row], Hashable] = lambda row: None,
) -> Drained:
    """Do `work` for each row; it says whether that succeeded, and what it raises is logged as a failure: the row stays due.

    Begins nothing new after `seconds`. Rows of one `lane` (of one gateway, say) are left alone after three failures in a row, so that
    what is away cannot hold the others back. Give the rows in random order where some may fail for ever.
    """
    until, drained, misses = time.monotonic() + seconds, Drained(), Counter[Hashable]()
    for row in rows:
        if time.monotonic() > until:
            break
        if misses[lane(row)] >= PATIENCE:
            continue
        try:
            succeeded = work(row)
        except Exception:
            logger.exception("%r could not be worked off; it stays due", row)
            succeeded = False
        if succeeded:
            drained.done += 1
            misses[lane(row)] = 0
        else:
            drained.failed += 1
            misses[lane(row)] += 1
    return drained


def claim(row: Model, field: str, until: datetime, **changes: Any) -> bool:
    """Move the row's `field` (when it is due) from where it was read to `until`; False when another worker was quicker.

    Whoever has the claim writes its ending with the same condition: `filter(pk=row.pk, <field>=row.<field>)`.
    """
    rows = type(row)._default_manager.filter(pk=row.pk, **{field: getattr(row, field)})
    if not rows.update(**{field: until}, **changes):
        return False
    setattr(row, field, until)
    return True


def pause(tries: int, pauses: Sequence[int]) -> timedelta:
    """How long to wait after so many tries (from 0): the seconds listed in `pauses`, the last of which repeats."""
    return timedelta(seconds=pauses[min(max(tries, 0), len(pauses) - 1)])


def doubling(first: int, longest: int) -> tuple[int, ...]:
    """Pauses in seconds, each twice the one before, up to the longest."""
    pauses = [first]
    while pauses[-1] < longest:
        pauses.append(min(2 * pauses[-1], longest))
    return tuple(pauses)


class Undeliverable(Exception):
    """It will never arrive: the letter is closed instead of tried again. Its text is for staff."""


LETTER_PAUSES = doubling(30, 3600)


def reference_of(letter: Any, *, asked_at: datetime) -> str:
    """A name of this letter alone, the same at each attempt. The moment is part of it: a database that begins anew numbers again from 1."""
    return f"{letter._meta.label_lower}.{letter.pk}.{asked_at.timestamp() * 10**6:.0f}"


def deliver(letter: Any, send: Callable[[], bool], *, asked_at: datetime) -> bool:
    """Claim a letter and `send` it, or close it where that is vain (`send` gives False); False when it is to be tried again.

    A letter is a row with `due_at` (NULL once it is closed), `sent_at`, `attempts` and `error` (200 characters). It is closed too when
    `send` raises Undeliverable, and given up a day after `asked_at`. Sent twice only if the process died between the sending and our
    commit.
    """
    letter.attempts += 1
    if not claim(letter, "due_at", timezone.now() + CLAIM, attempts=letter.attempts):
        return True
    try:
        sent = send()
    except Undeliverable as error:
        logger.warning("%r will never arrive: %s", letter, error)
        return _close(letter, error=str(error))
    except Exception as error:  # noqa: BLE001 - channels and templates raise what they like; the row stays due
        return _failed(letter, error, asked_at)
    if sent:
        letter.sent_at = timezone.now()
    return _close(letter, error="" if sent else NOT_NEEDED)


def _failed(letter: Any, error: Exception, asked_at: datetime) -> bool:
    why = f"{type(error).__name__}: {error}"
    if timezone.now() - asked_at > GIVE_UP_AFTER:
        logger.error("%r is given up after %s attempts", letter, letter.attempts, exc_info=error)
        return _close(letter, error=f"given up: {why}")
    wait = pause(letter.attempts - 1, LETTER_PAUSES)
    logger.warning("%r was not sent, again in %s", letter, wait, exc_info=error)
    _end(letter, due_at=timezone.now() + wait, error=why)
    return False


def _close(letter: Any, *, error: str) -> bool:
    _end(letter, due_at=None, error=error)
    return True


def _end(letter: Any, *, due_at: datetime | None, error: str) -> None:
    # Only while the claim is ours: whoever took it over after it ran out writes its own ending.
    mine = type(letter)._default_manager.filter(pk=letter.pk, due_at=letter.due_at)
    mine.update(due_at=due_at, sent_at=letter.sent_at, error=error[:200])
