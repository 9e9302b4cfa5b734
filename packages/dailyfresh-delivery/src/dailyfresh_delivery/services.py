"""What changes windows: made ahead of their days, closed, and their places taken, moved and given back."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from math import ceil
from typing import Any

from dailyfresh_core.days import local, moment
from dailyfresh_core.db.retrying import retried
from dailyfresh_core.db.rows import in_order, lock_in_order
from dailyfresh_core.db.statements import Table, changed, insert, stored
from django.db import router, transaction
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from .conf import conf
from .joins import orders
from .models import Holiday, Pattern, Reservation, Slot

logger: logging.Logger = logging.getLogger(__name__)
Closed = Slot.Closed


@retried
@transaction.atomic
def make_windows(*, at: datetime | None = None) -> int:
    """Make the windows of the days to come that are not there yet, none of them on a holiday; gives how many. Twice is once."""
    _in_turn()
    today = local(at or timezone.now()).date()
    days = [today + timedelta(days=n) for n in range(conf.DAYS)]
    shut = set(Holiday.objects.filter(date__gte=today).values_list("date", "zone_id"))
    there: dict[object, list[Slot]] = defaultdict(list)
    for slot in Slot.objects.filter(date__gte=today):
        there[_place_and_day(slot)].append(slot)
    new = [
        slot
        for pattern in Pattern.objects.all()
        for day in days
        if pattern.on(day) and not {(day, None), (day, pattern.zone_id)} & shut
        if not _overlaps(slot := window_on(pattern, day), there[_place_and_day(slot)])
    ]
    Slot.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _in_turn() -> None:
    """Wait for whoever else makes or removes windows, or shuts them by holidays: a plan that is read beside a change of it makes wrong ones.

    The first pattern's row stands for all: of two who changed a pattern each, neither waits for the other's.
    """
    Pattern.objects.select_for_update().order_by("pk").first()


def _place_and_day(slot: Slot) -> object:
    return slot.zone_id, slot.point_id, slot.date


def _overlaps(slot: Slot, others: Iterable[Slot]) -> bool:
    """Whether there is a window at that time already: one that somebody is in stays when its pattern changes."""
    return any(other.starts_at < slot.ends_at and slot.starts_at < other.ends_at for other in others)


def window_on(pattern: Pattern, day: date) -> Slot:
    return Slot(
        pattern=pattern,
        zone_id=pattern.zone_id,
        point_id=pattern.point_id,
        date=day,
        starts_at=moment(day, pattern.start),
        ends_at=moment(day, pattern.end),
        cut_off_at=pattern.cut_off(day),
        fee=pattern.fee,
        capacity=pattern.capacity,
        capacity_grams=pattern.capacity_grams,
    )


@retried
@transaction.atomic
def unmake_windows(pattern: Pattern, *, at: datetime | None = None) -> int:
    """Remove the windows of a pattern that nobody is in and nobody closed: what was ordered keeps its window as it is."""
    _in_turn()
    today = local(at or timezone.now()).date()
    return Slot.objects.filter(pattern=pattern, date__gte=today, taken=0, closed=Closed.OPEN).delete()[0]


@retried
@transaction.atomic
def close(slots: "QuerySet[Slot]", *, why: str = Closed.STAFF) -> int:
    """Take no more orders for these windows; those that are in them stay."""
    return in_order(slots.filter(closed=Closed.OPEN)).update(closed=why)


@retried
@transaction.atomic
def reopen(slots: "QuerySet[Slot]", *, why: str = Closed.STAFF) -> int:
    """Open those again that were closed for this reason."""
    return in_order(slots.filter(closed=why)).update(closed=Closed.OPEN)


@retried
@transaction.atomic
def follow_holidays(*, at: datetime | None = None) -> None:
    """Close the windows of every holiday to come, and open those again whose day is none any more: two holidays may shut one day."""
    _in_turn()
    today = local(at or timezone.now()).date()
    holiday = Holiday.objects.filter(Q(zone=None) | Q(zone=OuterRef("zone")), date=OuterRef("date"))
    close(Slot.objects.filter(Exists(holiday), date__gte=today), why=Closed.HOLIDAY)
    reopen(Slot.objects.filter(~Exists(holiday), date__gte=today), why=Closed.HOLIDAY)


def free(at: datetime, grams: int) -> Q:
    """Of a window: whether an order of so many grams can still have a place. At the very moment it closes it is closed."""
    fits = Q(capacity_grams=None) | Q(capacity_grams__gte=F("taken_grams") + grams)
    return Q(closed=Closed.OPEN, cut_off_at__gt=at, taken__lt=F("capacity")) & fits


def least_grams(grams: int) -> int:
    """What a window must bring at least for one order of so many grams: a stranger who does not pay may hold no more than a part of it."""
    return ceil(grams / conf.ORDER_SHARE) if conf.ORDER_SHARE else grams


def take(slot_id: int, *, reference: str, grams: int, at: datetime) -> bool:
    """Take a place for an order, in the caller's transaction; False when there is none. The same order again takes nothing again."""
    # A row that may be there already is written by a statement that would shorten what is too long on MariaDB.
    Reservation._meta.get_field("reference").run_validators(reference)
    if not insert([Reservation(reference=reference, slot_id=slot_id, grams=grams, at=at)], new=False):
        return Reservation.objects.filter(reference=reference, slot=slot_id, released_at=None).exists()
    values = [grams, slot_id, stored(Slot, "cut_off_at", at), grams, least_grams(grams)]
    return bool(changed(_take(), values, of=Slot))


@cache
def _take() -> str:
    """A place in a window that is `free`, and that brings enough for one order of so many grams. Written out, for every order waits for it."""
    slot = Table(Slot, using=router.db_for_write(Slot))
    return f"""UPDATE {slot} SET {slot["taken"]} = {slot.taken} + 1, {slot["taken_grams"]} = {slot.taken_grams} + %s
        WHERE {slot.id} = %s AND {slot.closed} = '' AND {slot.cut_off_at} > %s AND {slot.taken} < {slot.capacity}
        AND ({slot.capacity_grams} IS NULL OR ({slot.capacity_grams} >= {slot.taken_grams} + %s AND {slot.capacity_grams} >= %s))"""  # noqa: S608 - the names are quoted


def move(reference: str, slot_id: int, *, at: datetime) -> bool:
    """Give the order's place back and take one in another window by one statement, or do nothing and give False."""
    held = Reservation.objects.filter(reference=reference, released_at=None).first()
    if held is None or held.slot_id == slot_id:
        return held is not None
    both = Slot.objects.filter(pk__in=(held.slot_id, slot_id))
    with transaction.atomic():
        lock_in_order(both)
        changed = both.filter(Q(free(at, held.grams), pk=slot_id) | Q(pk=held.slot_id, taken__gt=0)).update(
            taken=_moved("taken", 1, slot_id), taken_grams=_moved("taken_grams", held.grams, slot_id)
        )
        if changed != 2:
            transaction.set_rollback(True)
            return False
        Reservation.objects.filter(pk=held.pk).update(slot_id=slot_id)
    return True


def lock(slot_id: int) -> int | None:
    """How many places the window has left, its row locked until the transaction ends; None where there is no such window."""
    row = Slot.objects.select_for_update().filter(pk=slot_id).order_by().first()
    return None if row is None else row.left


@dataclass(frozen=True)
class Moved:
    """What became of the orders of a window that were to come in another one."""

    moved: int
    stayed: Mapping[str, str]
    """Reference -> why it is where it was, in the language of the page."""


def move_all(slot: Slot, to: Slot, *, by: Any) -> Moved:
    """Have all orders of a window come in another one, the oldest first and as many as fit, each in a transaction of its own."""
    shop, moved, stayed = orders(), 0, {}
    held = Reservation.objects.filter(slot=slot, released_at=None).order_by("pk")
    for reference in list(held.values_list("reference", flat=True)):
        why = shop.move(reference, str(to.pk), by=by) if shop else _move_alone(reference, to.pk)
        if why:
            stayed[reference] = why
        else:
            moved += 1
    return Moved(moved, stayed)


@retried
@transaction.atomic
def _move_alone(reference: str, slot_id: int) -> str:
    return "" if move(reference, slot_id, at=timezone.now()) else _("There is no place for it.")


def _moved(column: str, by: int, to: int) -> Any:
    """An unsigned column of MariaDB may not even in between be below 0."""
    more = When(pk=to, then=F(column) + by)
    return Case(more, When(**{f"{column}__gte": by}, then=F(column) - by), default=Value(0))


def give_back(reference: str, *, at: datetime) -> bool:
    """The order does not come: its place is free again, once however often it is asked."""
    held = Reservation.objects.filter(reference=reference, released_at=None).first()
    if held is None or not Reservation.objects.filter(pk=held.pk, released_at=None).update(released_at=at):
        return False
    Slot.objects.filter(pk=held.slot_id, taken__gt=0).update(
        taken=F("taken") - 1,
        taken_grams=Case(When(taken_grams__gte=held.grams, then=F("taken_grams") - held.grams), default=Value(0)),
    )
    return True


def disagreements() -> list[Slot]:
    """Windows whose counters are not what the reservations in them come to; there are none while only this package writes them."""
    held = Q(reservations__released_at=None)
    counted = Slot.objects.annotate(
        orders=Count("reservations", filter=held), weight=Sum("reservations__grams", filter=held, default=0)
    )
    return list(counted.exclude(taken=F("orders"), taken_grams=F("weight")))


def audit() -> int:
    """Log, as errors, the windows whose counters do not agree with what is in them; gives how many. It repairs nothing: somebody has to know why."""
    found = disagreements()
    for slot in found:
        logger.error("Window %s (%s) counts %d orders and %d g", slot.pk, slot.starts_at, slot.taken, slot.taken_grams)
    return len(found)
