"""Coupons come to users: claimed in the centre, by a typed code, or handed out by staff."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from dailyfresh_core.background.outbox import Drained
from dailyfresh_core.db.retrying import TRIES, retried
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from ..exceptions import NotIssued
from ..models import Batch, BatchCount, Coupon, Issue
from ..models.coupons import folded

PORTION = 200
"""Users that one transaction of a handing out looks at."""


@retried
def issue(*, user: Any, batch_id: int, at: datetime) -> Coupon:
    """A coupon of a batch that the coupon centre shows. Raises NotIssued."""
    return _issue(Batch.objects.filter(pk=batch_id, shown=True).first(), user, at)


@retried
def issue_by_code(*, user: Any, code: str, at: datetime) -> Coupon:
    """A coupon for whoever types the code of a batch, good now or later. Raises NotIssued.

    A wrong code, one that is over and one that is used up are the same: who guesses learns of none.
    """
    wanted = folded(code)
    try:
        return _issue(Batch.objects.filter(code=wanted).first() if wanted else None, user, at)
    except NotIssued as error:
        raise NotIssued("unknown" if error.code == "gone" else error.code) from None


def _issue(batch: Batch | None, user: Any, at: datetime) -> Coupon:
    if batch is None or not batch.active or (batch.ends and batch.ends <= at):
        raise NotIssued("unknown")
    with transaction.atomic():
        had = set(Coupon.objects.filter(batch=batch, user=user).values_list("issue_slot", flat=True))
        coupon = next(
            filter(None, (_insert(batch, user, n, at) for n in range(1, batch.per_user + 1) if n not in had)), None
        )
        if coupon is None:
            raise NotIssued("had")
        if not _counted(batch, 1):
            raise NotIssued("gone")
    return coupon


def _insert(batch: Batch, user: Any, slot: int, at: datetime) -> Coupon | None:
    """The coupon in this slot; None when the same user had it at the same moment."""
    coupon = _make(batch, user, slot, at)
    try:
        with transaction.atomic():
            coupon.save(force_insert=True)
    except IntegrityError:
        return None
    return coupon


def _make(batch: Batch, user: Any, slot: int, at: datetime) -> Coupon:
    return Coupon(
        batch=batch,
        user=user,
        issue_slot=slot,
        starts=max(batch.starts or at, at),
        ends=batch.good_until(at),
        issued_at=at,
    )


def _counted(batch: Batch, number: int) -> bool:
    """Whether so many more of the batch may be out; the last statement, for everybody meets at this row."""
    BatchCount.objects.get_or_create(batch=batch)
    rows = BatchCount.objects.filter(batch=batch)
    if batch.total is not None:
        rows = rows.filter(issued__lte=batch.total - number)
    return bool(rows.update(issued=F("issued") + number))


def void(batch: Batch) -> int:
    """End a batch: nobody gets one any more, and what is free is void; orders keep theirs. How many coupons that were."""
    with transaction.atomic():
        batch.active, batch.voided = False, True
        batch.save()
        return Coupon.objects.filter(batch=batch, state=Coupon.State.FREE).update(state=Coupon.State.VOID)


def hand_out(*, keep_on: Callable[[], bool] = lambda: True) -> Drained:
    """Go on with what staff hand out, portion by portion; killed between two, the next run goes on where this one was."""
    drained = Drained()
    for waiting in Issue.objects.filter(done_at=None).order_by("pk"):
        while keep_on() and _portion(waiting.pk):
            drained.done += 1
    return drained


@retried
def _portion(key: int) -> bool:
    """One portion of one handing out; whether there is more of it. Where a user claims theirs at that moment, it is looked at again."""
    for _again in range(TRIES - 1):
        with suppress(IntegrityError):
            return _go_on(key)
    return _go_on(key)


def _go_on(key: int) -> bool:
    with transaction.atomic():
        waiting = Issue.objects.select_for_update().select_related("batch").get(pk=key)
        if waiting.done_at:
            return False
        users = list(_users(waiting)[:PORTION])
        now = timezone.now()
        issued, gone = _give(waiting.batch, users, now)
        waiting.issued += issued
        if users:
            waiting.last = str(users[-1].pk)
        if len(users) < PORTION or gone or not waiting.batch.active:
            waiting.done_at = now
        waiting.save()
        return waiting.done_at is None


def unknown_names(waiting: Issue) -> list[str]:
    """Names among those that it is for whom no active user has, whatever their case where the database minds none."""
    names = _names(waiting)
    users = _users(waiting).values_list(get_user_model().USERNAME_FIELD, flat=True) if names else ()
    known = {name.casefold() for name in users}
    return [name for name in names if name.casefold() not in known]


def _names(waiting: Issue) -> list[str]:
    return [name.strip() for name in waiting.usernames.splitlines() if name.strip()]


def _users(waiting: Issue) -> Any:
    users = get_user_model()._default_manager.filter(is_active=True).order_by("pk")
    if names := _names(waiting):
        users = users.filter(**{f"{get_user_model().USERNAME_FIELD}__in": names})
    return users.filter(pk__gt=waiting.last) if waiting.last else users


def _give(batch: Batch, users: list[Any], at: datetime) -> tuple[int, bool]:
    """One coupon for each who has none of the batch yet: (how many, whether the batch is gone)."""
    had = set(Coupon.objects.filter(batch=batch, user__in=users).values_list("user_id", flat=True))
    without = [user for user in users if user.pk not in had]
    count = BatchCount.objects.get_or_create(batch=batch)[0]
    left = len(without) if batch.total is None else max(batch.total - count.issued, 0)
    chosen = without[:left]
    if not batch.active or (chosen and not _counted(batch, len(chosen))):
        return 0, True
    Coupon.objects.bulk_create([_make(batch, user, 1, at) for user in chosen])
    return len(chosen), len(chosen) < len(without)
