"""Days and clock of the shop: their boundaries are computed here, never in the database.

Debian's MariaDB has no time zone tables, and `TruncDate` then silently gives None.
"""

from datetime import date, datetime, time, timedelta

from dailyfresh_core.days import local, moment
from django.conf import settings
from django.utils import timezone


def today(instant: datetime | None = None) -> date:
    """The day of an instant (now by default) in the shop's time zone."""
    return local(instant or timezone.now()).date()


def bounds(day: date) -> tuple[datetime, datetime]:
    """The instant a day begins and the one at which it is over."""
    return moment(day, time.min), moment(day + timedelta(days=1), time.min)


def as_saved(instant: datetime | None) -> datetime | None:
    """An aware time as this site's database keeps times (naive when USE_TZ is off)."""
    return (
        instant if instant is None or settings.USE_TZ else timezone.make_naive(instant, timezone.get_default_timezone())
    )


def aware(instant: datetime | None) -> datetime | None:
    """A time from the database with its zone."""
    if instant is None or timezone.is_aware(instant):
        return instant
    return timezone.make_aware(instant, timezone.get_default_timezone())
