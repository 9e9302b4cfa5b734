"""System checks of the delivery's settings, and of the zones that are kept (`check --database default`)."""

from collections.abc import Iterator, Sequence
from typing import Any

from dailyfresh_core.checks import check_conf, check_tasks
from dailyfresh_core.http.frames import check_frame
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from .conf import NAME, conf
from .joins import orders
from .models import Zone
from .selectors import windowless

TAG = "dailyfresh_delivery"


@register(TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What the settings alone can tell."""
    found = check_conf(conf, unknown=f"{TAG}.W001", wrong=f"{TAG}.E001", least={"DAYS": 1})
    found += [
        Error(sentence, hint="`protocols.Orders` says what it must be.", id=f"{TAG}.E002") for sentence in _joined()
    ]
    found += _pages()
    found += check_tasks(NAME, conf.TASKS, id=f"{TAG}.W002")
    return found


def _pages() -> list[CheckMessage]:
    """Of the page about the zones, where the site has it."""
    try:
        reverse("dailyfresh_delivery:areas")
    except NoReverseMatch:
        return []
    return check_frame(conf, f"{TAG}/delivery.js", id=f"{TAG}.W005")


def _joined() -> Iterator[str]:
    try:
        orders()
    except ImproperlyConfigured as error:
        yield str(error)


@register(Tags.database)
def check_windows(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A zone that nobody lives in, and days to come without a window."""
    if not databases:
        return []
    try:
        bare = list(Zone.objects.filter(areas=None))
        none = windowless(at=timezone.now())
    except DatabaseError:  # not migrated yet
        return []
    found: list[CheckMessage] = [
        Warning(f"The zone {zone} has no area.", hint="Give it codes of districts, or remove it.", id=f"{TAG}.W003")
        for zone in bare
    ]
    if none:
        hint = "Give a zone patterns, and let beat, or make_windows, run."
        found.append(Warning("There is no window in the next three days.", hint=hint, id=f"{TAG}.W004"))
    return found
