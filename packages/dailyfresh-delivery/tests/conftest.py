from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from dailyfresh_delivery.models import Pattern, PickupPoint, Slot, Zone, ZoneArea
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request in Chinese leaves its language to the thread."""
    with translation.override("en"):
        yield


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def zone(db: None) -> Callable[..., Zone]:
    """Makes a zone of these districts."""

    def make(name: str = "海淀", codes: str = "110108", **more: Any) -> Zone:
        made = Zone.objects.create(name=name, **more)
        ZoneArea.objects.bulk_create(ZoneArea(zone=made, code=code) for code in codes.split())
        return made

    return make


@pytest.fixture
def pattern(db: None) -> Callable[..., Pattern]:
    """Makes a pattern, for a zone or a point, and its windows: every day from 18 to 20 unless said otherwise."""

    def make(zone: Any = None, point: Any = None, **more: Any) -> Pattern:
        return Pattern.objects.create(
            zone=zone, point=point, **{"start": time(18), "end": time(20), "cut_off_minutes": 120} | more
        )

    return make


@pytest.fixture
def point(db: None) -> PickupPoint:
    return PickupPoint.objects.create(name="五道口店", address="成府路 28 号")


@pytest.fixture
def slot(zone: Callable[..., Zone], now: datetime) -> Callable[..., Slot]:
    """Makes one window of a zone: tomorrow at this hour, closed two hours before."""

    def make(**more: Any) -> Slot:
        starts = more.pop("starts_at", now + timedelta(days=1))
        given = {
            "zone": None if more.get("point") else more.pop("zone", None) or Zone.objects.first() or zone(),
            "date": timezone.localtime(starts).date(),
            "starts_at": starts,
            "ends_at": starts + timedelta(hours=2),
            "cut_off_at": starts - timedelta(hours=2),
            "capacity": 20,
        }
        return Slot.objects.create(**given | more)

    return make
