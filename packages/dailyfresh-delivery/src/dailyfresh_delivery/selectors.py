"""What staff read: the windows of a fortnight at a glance, and what is brought on a day."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from dailyfresh_core.days import hours_said
from django.db.models import Q

from .joins import orders
from .models import Holiday, PickupPoint, Reservation, Slot, Zone
from .protocols import Carried

SOON = timedelta(days=3)


@dataclass(frozen=True)
class Day:
    """A day of a zone or pickup point; a window for each of the hours of its table, None where there is none."""

    date: date
    holiday: Holiday | None
    slots: tuple[Slot | None, ...]


@dataclass(frozen=True)
class Table:
    """The windows of one zone or pickup point, day by day."""

    where: Zone | PickupPoint
    hours: tuple[str, ...]
    days: tuple[Day, ...]

    @property
    def key(self) -> str:
        return f"{self.where._meta.model_name}{self.where.pk}"


def calendar(first: date, *, days: int) -> list[Table]:
    """The windows of so many days, zones before pickup points; two statements however many, and none for a place without windows."""
    last = first + timedelta(days=days - 1)
    slots = Slot.objects.filter(date__range=(first, last)).select_related("zone", "point").order_by("starts_at", "pk")
    holidays = list(Holiday.objects.filter(date__range=(first, last)))
    places: dict[Zone | PickupPoint, list[Slot]] = defaultdict(list)
    for slot in slots:
        if slot.where is not None:
            places[slot.where].append(slot)
    ranked = sorted(places, key=lambda where: (isinstance(where, PickupPoint), where.name, where.pk))
    every_day = [first + timedelta(days=n) for n in range(days)]
    return [_table(where, places[where], holidays, every_day) for where in ranked]


def _table(where: Zone | PickupPoint, slots: list[Slot], holidays: list[Holiday], days: list[date]) -> Table:
    hours = tuple(sorted({hours_said(slot.starts_at, slot.ends_at) for slot in slots}))
    there = {(slot.date, hours_said(slot.starts_at, slot.ends_at)): slot for slot in slots}
    zone_id = where.pk if isinstance(where, Zone) else None
    shut = {each.date: each for each in holidays if each.zone_id in (None, zone_id)}
    return Table(
        where, hours, tuple(Day(day, shut.get(day), tuple(there.get((day, h)) for h in hours)) for day in days)
    )


@dataclass(frozen=True)
class Aboard:
    """Who is in a window, with their order as far as the site tells of it."""

    reservation: Reservation
    order: Carried | None


@dataclass(frozen=True)
class Load:
    """A window with all who are in it."""

    slot: Slot
    aboard: tuple[Aboard, ...]

    @property
    def grams(self) -> int:
        return sum(each.reservation.grams for each in self.aboard)

    @property
    def collect(self) -> Decimal:
        """What is collected of all of them."""
        return sum((each.order.collect for each in self.aboard if each.order), Decimal(0))


def board(day: date) -> list[Load]:
    """What is brought on a day, by zone and window: three statements beside those of the orders; windows that nobody is in are left out."""
    return loads(Q(slot__date=day))


def loads(which: Q) -> list[Load]:
    """The windows of these reservations with what is in them."""
    held = Reservation.objects.filter(which, released_at=None).select_related("slot__zone", "slot__point")
    by_slot: dict[Slot, list[Reservation]] = defaultdict(list)
    for each in held.order_by("pk"):
        by_slot[each.slot].append(each)
    found = _carried([each.reference for those in by_slot.values() for each in those])
    ranked = sorted(by_slot, key=lambda slot: (slot.point_id is not None, str(slot.where), slot.starts_at, slot.pk))
    return [Load(slot, tuple(Aboard(each, found.get(each.reference)) for each in by_slot[slot])) for slot in ranked]


def _carried(references: list[str]) -> Mapping[str, Carried]:
    shop = orders()
    return shop.find(references) if shop and references else {}


def windowless(*, at: datetime) -> bool:
    """Whether there are zones, and no window in the next three days: patterns are missing, or nobody makes windows of them."""
    soon = Slot.objects.filter(starts_at__gt=at, starts_at__lt=at + SOON)
    return Zone.objects.exists() and not soon.exists()
