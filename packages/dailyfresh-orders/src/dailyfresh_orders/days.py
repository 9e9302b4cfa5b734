"""Days and clock of the shop: their boundaries are computed here, never in the database.

Debian's MariaDB has no time zone tables, and `TruncDate` then silently gives None.
"""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def today(instant: datetime | None = None) -> date:
    """The day of an instant (now by default) in the shop's time zone."""
    return local(instant or timezone.now()).date()


def local(instant: datetime) -> datetime:
    """An instant on the clock of the shop; a site without time zones keeps it so already."""
    return timezone.localtime(instant, timezone.get_default_timezone()) if timezone.is_aware(instant) else instant


def bounds(day: date) -> tuple[datetime, datetime]:
    """The instant a day begins and the one at which it is over."""
    return _start(day), _start(day + timedelta(days=1))


def _start(day: date) -> datetime:
    midnight = datetime.combine(day, time.min)
    return timezone.make_aware(midnight, timezone.get_default_timezone()) if settings.USE_TZ else midnight


def stored(moment: datetime | None) -> datetime | None:
    """An aware time as this site's database keeps times (naive when USE_TZ is off)."""
    return moment if moment is None or settings.USE_TZ else timezone.make_naive(moment, timezone.get_default_timezone())


def aware(moment: datetime | None) -> datetime | None:
    """A time from the database with its zone."""
    if moment is None or timezone.is_aware(moment):
        return moment
    return timezone.make_aware(moment, timezone.get_default_timezone())
