"""Days and hours on the clock of the shop, and how they are read."""

from datetime import date, datetime, time
from functools import lru_cache

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext


def local(instant: datetime) -> datetime:
    """An instant on the clock of the shop; a site without time zones keeps it so already."""
    return timezone.localtime(instant, timezone.get_default_timezone()) if timezone.is_aware(instant) else instant


def moment(day: date, clock: time) -> datetime:
    """The instant at which the shop's clock shows this, as this site's database keeps times."""
    naive = datetime.combine(day, clock)
    return timezone.make_aware(naive, timezone.get_default_timezone()) if settings.USE_TZ else naive


def day_said(day: date) -> str:
    """A day as a buyer reads it."""
    return _written(day, pgettext("date format", "D j M"), get_language())


@lru_cache(maxsize=1000)
def _written(day: date, pattern: str, language: str | None) -> str:
    """A choice of times names the same two weeks to everybody."""
    return date_format(day, pattern)


def hours_said(starts: datetime, ends: datetime) -> str:
    return f"{local(starts):%H:%M}–{local(ends):%H:%M}"


def said(starts: datetime, ends: datetime) -> str:
    """Day and hours."""
    return f"{day_said(local(starts).date())} {hours_said(starts, ends)}"
