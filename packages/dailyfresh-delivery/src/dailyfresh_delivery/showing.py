"""What a visitor is told before there is an order: when it would come to their district, and what that costs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from dailyfresh_core.days import said
from dailyfresh_core.db.statements import SAMPLES, Made, stored
from dailyfresh_core.loading import imported
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from .conf import NAME, conf
from .fees import NOTHING, Tariff, fee
from .models import Slot, Zone
from .services import free
from .windows import LEVELS, is_code, levels_of

KNOWN = "_dailyfresh_delivery_known"


@dataclass(frozen=True)
class Outlook:
    """What is said of a district: whose it is, None where nobody's, and when the earliest order comes, "" where none can."""

    code: str
    zone: Zone | None
    tariff: Tariff | None
    """Also where no district is known, and all zones cost the same."""
    earliest: str = ""


def zone_of(code: str) -> Zone | None:
    """The zone whose area is the longest code above the district; None where nobody brings anything."""
    return next(iter(_zone()(*levels_of(code))), None)


@cache
def _zone() -> Made:
    codes = [f"code {n}" for n in range(LEVELS)]
    return Made(Zone.objects.filter(areas__code__in=codes).order_by("-areas__code")[:1], *codes)


def district_of(request: HttpRequest) -> str:
    """What the visitor chose, or the district of their first address; "" while nothing is known of them."""
    if is_code(chosen := request.COOKIES.get(conf.DISTRICT_COOKIE, "")):
        return chosen
    if conf.ADDRESS_BOOK is None or not request.user.is_authenticated:
        return ""
    book: Any = imported(conf.ADDRESS_BOOK, where=f'{NAME}["ADDRESS_BOOK"]')()
    addresses = book.choices(request.user)
    return str(addresses[0].district_code) if addresses else ""


def free_from(request: HttpRequest) -> Decimal | None:
    """From which goods total on the visitor's zone asks no base fee; None where it always does, or nothing is known."""
    tariff = _known(request).tariff
    return tariff.free_from if tariff and tariff.base else None


def least_fee(request: HttpRequest, goods: Decimal) -> Decimal | None:
    """What bringing goods that come to so much costs the visitor at least, before weight and window; None while nothing is known."""
    tariff = _known(request).tariff
    return fee(tariff, surcharge=NOTHING, goods=goods, grams=0) if tariff else None


def outlook(request: HttpRequest) -> Outlook:
    """What the visitor is told: whose their district is, one statement, and when an order comes there, one more."""
    known = _known(request)
    if known.zone is None:
        return known
    return Outlook(known.code, known.zone, known.tariff, earliest_of([known.zone]).get(known.zone.pk, ""))


def _known(request: HttpRequest) -> Outlook:
    """What a request knows without the windows, asked once however many parts of its page want it."""
    found: Outlook | None = getattr(request, KNOWN, None)
    if found is None:
        found = _asked(request)
        setattr(request, KNOWN, found)
    return found


def _asked(request: HttpRequest) -> Outlook:
    if code := district_of(request):
        zone = zone_of(code)
        return Outlook(code, zone, zone.tariff if zone else None)
    tariffs = {zone.tariff for zone in Zone.objects.all()}
    return Outlook("", None, tariffs.pop() if len(tariffs) == 1 else None)


def earliest_of(zones: Iterable[Zone], *, at: datetime | None = None) -> dict[int, str]:
    """Key of a zone -> the earliest window that an order can still have, in words; one statement, zones without any are absent."""
    those, first = [zone.pk for zone in zones], dict[int, str]()
    if not those:
        return first
    for slot in _open(len(those))(stored(Slot, "cut_off_at", at or timezone.now()), *those):
        if slot.zone_id not in first:
            first[slot.zone_id] = said(slot.starts_at, slot.ends_at)
    return first


@cache
def _open(zones: int) -> Made:
    """The windows of so many zones that can be had at a moment, the earliest first; of one zone that alone."""
    moment, keys = datetime(2000, 1, 1, tzinfo=UTC if settings.USE_TZ else None), SAMPLES[:zones]
    rows = (
        Slot.objects.filter(free(moment, 0), zone__in=keys).only("zone", "starts_at", "ends_at").order_by("starts_at")
    )
    return Made(rows[:1] if zones == 1 else rows, stored(Slot, "cut_off_at", moment), *keys)
