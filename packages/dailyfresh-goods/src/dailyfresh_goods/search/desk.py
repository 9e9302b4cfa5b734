"""The search desk: searches that failed are counted, and what is chosen of those that did not, so that the shop learns its buyers' words."""

import logging

from dailyfresh_core.allowances import count
from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from ..models import SKU, pk_of
from .models import Click, Miss
from .words.normal import merged

logger: logging.Logger = logging.getLogger(__name__)

KEPT = 2000
"""Rows; of more, those that nobody searched for again go first."""
LONGEST = 64
CLICKS, MISSES = 200, 60
"""Of one visitor within a day: of more than that the rows of others would go."""
DAY = 24 * 3600


def note_miss(text: str, *, became: str, visitor: str) -> None:
    """Count a search that found nothing, or was taken for `became` and found that: of one visitor once a day.

    Never raises for the database.
    """
    text = merged(text)
    if not text or len(text) > LONGEST or count("miss", f"{visitor} {text}", seconds=DAY) > 1:
        return
    if count("miss", visitor, seconds=DAY) > MISSES:
        return
    try:
        with transaction.atomic():
            seen = {"became": became[:LONGEST], "last_at": timezone.now()}
            if not Miss.objects.filter(text=text).update(times=F("times") + 1, **seen):
                Miss.objects.bulk_create([Miss(text=text, **seen)], ignore_conflicts=True)
                _forget(Miss)
    except DatabaseError as error:
        logger.warning("A search that failed was not counted: %s", error)


def note_click(text: str, *, sku_id: str, visitor: str) -> None:
    """Count goods that were chosen from the results of a search: of one visitor once a day. Never raises for the database."""
    text, pk = merged(text), pk_of(sku_id)
    if not text or len(text) > LONGEST or pk is None or count("click", visitor, seconds=DAY) > CLICKS:
        return
    if count("click", f"{visitor} {text} {pk}", seconds=DAY) > 1:
        return
    try:
        with transaction.atomic():
            if not SKU.objects.filter(pk=pk, on_sale=True).exists():
                return
            now = timezone.now()
            if not Click.objects.filter(text=text, sku=pk).update(times=F("times") + 1, last_at=now):
                Click.objects.bulk_create([Click(text=text, sku_id=pk, last_at=now)], ignore_conflicts=True)
                _forget(Click)
            Miss.objects.filter(text=text).update(clicks=F("clicks") + 1)
    except DatabaseError as error:
        logger.warning("A click was not counted: %s", error)


def _forget(model: type[Miss] | type[Click]) -> None:
    """Let the rarest go where there are too many."""
    rows = model._default_manager
    if (number := rows.count()) > KEPT:
        rarest = rows.order_by("times", "last_at").values_list("pk", flat=True)[: number - KEPT]
        rows.filter(pk__in=list(rarest)).delete()
