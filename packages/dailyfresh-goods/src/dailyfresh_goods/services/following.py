"""Several hosts with files of their own: every mark is handed to each of them, and each works off its own.

A change writes one mark, for nobody by name. Whichever drain meets it puts one for each host in its place: by then the change is
committed, so that no host misses what a slow transaction marked, as it would with a cursor over numbers that are given out before
the commit. And a host that becomes known later has not been handed it, but reads the change when it builds everything.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from dailyfresh_core.db.retrying import retried
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from ..conf import conf
from ..models import Follower, Mark

M = TypeVar("M", bound=Mark)

logger: logging.Logger = logging.getLogger(__name__)
GONE = timedelta(days=1)
"""After so long without a sign of life nothing is kept for a host any more: it begins anew when it comes back."""
STEP = 500


def marks_here(model: type[M], *, anew: dict[str, Any]) -> "QuerySet[M]":
    """The marks that this host works off; those that came for all are handed out first.

    `anew` says what the mark for everything is: a host that is not known, or was away for too long, is handed it. A host without a
    name works off everything, or nothing where others have one.
    """
    followers = Follower.of(model)
    if conf.HOST_NAME:
        _be_seen(model, followers, anew)
    if hosts := _followers(model, followers):
        while retried(partial(_hand_out, model, hosts))():
            pass
        if not conf.HOST_NAME:
            logger.info("This host has no HOST_NAME, and others have: it keeps nothing up to date")
            return model._default_manager.none()
    return model._default_manager.filter(host=conf.HOST_NAME)


def _be_seen(model: type[Mark], followers: "QuerySet[Follower]", anew: dict[str, Any]) -> None:
    if followers.filter(host=conf.HOST_NAME).update(seen_at=timezone.now()):
        return
    with suppress(IntegrityError), transaction.atomic():  # another process of this host may be quicker
        Follower.objects.create(host=conf.HOST_NAME, marks=model.__name__.lower())
        model._default_manager.create(host=conf.HOST_NAME, **anew)


def _followers(model: type[Mark], followers: "QuerySet[Follower]") -> list[str]:
    """The hosts that are handed marks; those that stay away are forgotten."""
    since = timezone.now() - GONE
    known = list(followers.values_list("host", "seen_at"))
    for host in [host for host, seen_at in known if seen_at < since]:
        with transaction.atomic():  # its first drain waits for the row that is being deleted, and then is not known
            if followers.filter(host=host, seen_at__lt=since).delete()[0]:
                model._default_manager.filter(host=host).delete()
                logger.warning("The host %s was not seen for a day: it begins anew when it comes back", host)
    return [host for host, seen_at in known if seen_at >= since]


def _hand_out(model: type[Mark], hosts: Sequence[str]) -> int:
    """Puts a mark for each host in the place of one for all; gives how many were handed out."""
    marks: Any = model._default_manager
    with transaction.atomic():
        rows = list(marks.filter(host="").order_by("pk").values()[:STEP])
        taken, _ = marks.filter(pk__in=[row["id"] for row in rows]).delete()
        if taken < len(rows):  # another drain hands out some of them, and its followers were as good as ours
            transaction.set_rollback(True)
            return 0
        marks.bulk_create([model(**{**row, "id": None, "host": host}) for row in rows for host in hosts], STEP)
    return len(rows)
