"""What a checkout calls: `choices` for an address, the `fee` of one, `take` a place with the order, `move` it, `give_back` when it is over."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from dailyfresh_core.days import local
from dailyfresh_core.db.statements import SAMPLES, Made, stored
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from . import fees, services
from .conf import conf
from .fees import NOTHING, Tariff
from .models import PickupPoint, Slot, ZoneArea

LEVELS = 3
"""Province, city, district."""


@dataclass(frozen=True)
class Window:
    """A window as a buyer sees it, for an order of a weight."""

    id: str
    place: str
    starts: datetime
    ends: datetime
    closes: datetime
    left: int
    why: str
    grams: int = 0
    surcharge: Decimal = NOTHING
    tariff: Tariff = field(default_factory=Tariff)

    @property
    def open(self) -> bool:
        return not self.why


class Delivery:
    """The package as a checkout knows it; `take`, `move` and `give_back` run in the caller's transaction and open none."""

    def choices(self, *, address: Any, grams: int, at: datetime) -> Sequence[Window]:
        """The windows of the zone that the address is in, and of every pickup point, for the days that they are made for: one statement.

        An address has a `district_code`, or a `province_code` at least, as in GB/T 2260; None asks for the pickup points alone.
        """
        return _windows(_statement(alone=False).values(*_asked(address, at)), grams, at)

    def choice(self, window: str, *, address: Any, grams: int, at: datetime) -> Window | None:
        """That one of `choices`, where it is one: what an order needs that chose already."""
        key = _key(window)
        if key is None:
            return None
        found = _windows(_statement(alone=True).values(*_asked(address, at), key), grams, at)
        return found[0] if found else None

    def fee(self, window: Window, *, goods: Decimal) -> Decimal:
        """What bringing goods that come to so much costs in a window of `choices`."""
        return fees.fee(window.tariff, surcharge=window.surcharge, goods=goods, grams=window.grams)

    def take(self, window: str, *, reference: str, grams: int, at: datetime) -> bool:
        """Hold a place for the order of this number; False when the window is closed or full: then the caller rolls back, and asks again."""
        key = _key(window)
        return key is not None and services.take(key, reference=reference, grams=grams, at=at)

    def move(self, reference: str, window: str, *, at: datetime) -> bool:
        """Have the order come in another window: both its places change, or nothing does and False is given."""
        key = _key(window)
        return key is not None and services.move(reference, key, at=at)

    def lock(self, window: str) -> int | None:
        """How many places the window has left, and nobody else takes one until the transaction ends."""
        key = _key(window)
        return None if key is None else services.lock(key)

    def give_back(self, reference: str) -> None:
        """The order is over."""
        services.give_back(reference, at=timezone.now())


def is_code(text: str) -> bool:
    """Whether it is a province, city or district as in GB/T 2260."""
    return bool(re.fullmatch(r"([0-9]{2}){1,3}", text, re.ASCII))


def codes_of(code: str) -> Iterator[str]:
    """The codes above and of a district, the province first: "440305" is in "44", "4403" and "440305"; zeros at the end name what is above."""
    code = code[:6]
    for length in range(2, len(code) + 1, 2):
        if code[length - 2 : length] != "00":
            yield code[:length]


def levels_of(code: str) -> list[str]:
    """`codes_of`, of all levels: "" for one that the code has not."""
    codes = [*codes_of(code)]
    return [*codes, *[""] * (LEVELS - len(codes))]


class Row(NamedTuple):
    """What is read of a slot."""

    pk: int
    starts_at: datetime
    ends_at: datetime
    cut_off_at: datetime
    capacity: int
    taken: int
    capacity_grams: int | None
    taken_grams: int
    closed: str
    fee: Decimal

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.taken)


TARIFF = tuple(f"zone__{each.name}" for each in dataclass_fields(Tariff))
POINT = ("point", "point__name", "point__address", "point__translations")


def _asked(address: Any, at: datetime) -> list[Any]:
    """The values of `_statement`: from which day until which, when, and the codes above the address."""
    code = getattr(address, "district_code", "") or getattr(address, "province_code", "")
    today = local(at).date()
    days = [stored(Slot, "date", day) for day in (today, today + timedelta(days=conf.DAYS))]
    return [*days, stored(Slot, "starts_at", at), *levels_of(str(code))]


@cache
def _statement(*, alone: bool) -> Made:
    """The windows of the zone with the longest code above the address, among those that come at all, and of all points; a longer code is a later
    one, too. `alone`: of them the one with a key.

    Read as values: a row has a zone and a point, of which there are few, and windows for weeks would make each of them anew.
    """
    today, until, codes = date(2000, 1, 1), date(2000, 1, 2), [f"code {n}" for n in range(LEVELS)]
    now = datetime(2000, 1, 1, tzinfo=UTC if settings.USE_TZ else None)
    coming = Q(date__gte=today, date__lt=until, starts_at__gt=now)
    areas = ZoneArea.objects.filter(Exists(Slot.objects.filter(coming, zone=OuterRef("zone"))), code__in=codes)
    zone = Subquery(areas.order_by("-code").values("zone")[:1])
    slots = Slot.objects.filter(Q(zone=zone) | Q(point__isnull=False), coming).order_by("starts_at", "pk")
    samples = [*(stored(Slot, "date", day) for day in (today, until)), stored(Slot, "starts_at", now), *codes]
    if alone:
        slots, samples = slots.filter(pk=SAMPLES[0]), [*samples, SAMPLES[0]]
    return Made(slots.values_list(*Row._fields, "zone", *TARIFF, *POINT), *samples)


def _windows(rows: Iterable[tuple[Any, ...]], grams: int, at: datetime) -> list[Window]:
    tariffs: dict[Any, Tariff] = {None: Tariff()}
    places: dict[Any, str] = {None: ""}
    found = []
    for *own, zone, base, first_grams, step_grams, per_step, free_from, point, name, where, translations in rows:
        slot = Row(*own)
        if zone not in tariffs:
            tariffs[zone] = Tariff(base, first_grams, step_grams, per_step, free_from)
        if point not in places:
            places[point] = PickupPoint(name=name, address=where, translations=translations).text
        found.append(
            Window(
                id=str(slot.pk),
                place=places[point],
                starts=slot.starts_at,
                ends=slot.ends_at,
                closes=slot.cut_off_at,
                left=slot.left,
                why=_why(slot, grams, at),
                grams=grams,
                surcharge=slot.fee,
                tariff=tariffs[zone],
            )
        )
    return found


def _why(slot: Row, grams: int, at: datetime) -> str:
    """Why an order of so many grams cannot have it, as `services.free` tells; "" when it can."""
    if slot.closed:
        return _("Nothing comes then.")
    if slot.cut_off_at <= at:
        closed = local(slot.cut_off_at)
        return (
            _("Closed since %(time)s.") % {"time": f"{closed:%H:%M}"}
            if closed.date() == local(at).date()
            else _("Closed.")
        )
    if not slot.left:
        return _("Full.")
    if slot.capacity_grams is not None and slot.capacity_grams < slot.taken_grams + grams:
        return _("No room for so much weight.")
    if slot.capacity_grams is not None and slot.capacity_grams < services.least_grams(grams):
        return _("Too heavy for one order.")
    return ""


def _key(window: str) -> int | None:
    """The key of a window by its id; None for what is none."""
    return int(window) if re.fullmatch(r"[1-9][0-9]{0,17}", window, re.ASCII) else None
