"""System checks of the delivery's settings, and of the zones that are kept (`check --database default`)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from dailyfresh_core.checks import check_conf, check_tasks
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone

from .conf import NAME, conf
from .models import Slot, Zone

TAG = "dailyfresh_delivery"
SOON = timedelta(days=3)


@register(TAG)
def check_settings(**_: Any) -> list[CheckMessage]:
    """What the settings alone can tell."""
    found = check_conf(conf, unknown=f"{TAG}.W001", wrong=f"{TAG}.E001", least={"DAYS": 1})
    found += check_tasks(NAME, conf.TASKS, id=f"{TAG}.W002")
    return found


@register(Tags.database)
def check_windows(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A zone that nobody lives in, and days to come without a window."""
    if not databases:
        return []
    try:
        bare = list(Zone.objects.filter(areas=None))
        at = timezone.now()
        soon = Slot.objects.filter(starts_at__gt=at, starts_at__lt=at + SOON).exists()
    except DatabaseError:  # not migrated yet
        return []
    found: list[CheckMessage] = [
        Warning(f"The zone {zone} has no area.", hint="Give it codes of districts, or remove it.", id=f"{TAG}.W003")
        for zone in bare
    ]
    if not soon and Zone.objects.exists():
        hint = "Give a zone patterns, and let beat, or make_windows, run."
        found.append(Warning("There is no window in the next three days.", hint=hint, id=f"{TAG}.W004"))
    return found
