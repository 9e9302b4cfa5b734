"""The search desk: searches that failed are counted, so that the shop learns its buyers' words."""

import logging

from dailyfresh_core.allowances import count
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from .models import Miss
from .words.normal import merged

logger = logging.getLogger(__name__)

KEPT = 2000
"""Rows; of more, those that nobody searched for again go first."""
LONGEST = 64


def note_miss(text: str, *, became: str, visitor: str) -> None:
    """Count a search that found nothing, or was taken for `became` and found that: of one visitor once an hour.

    Never raises for the database.
    """
    text = merged(text)
    if not text or len(text) > LONGEST or count("miss", f"{visitor} {text}", seconds=3600) > 1:
        return
    try:
        with transaction.atomic():
            seen = {"became": became[:LONGEST], "last_at": timezone.now()}
            if not Miss.objects.filter(text=text).update(times=F("times") + 1, **seen):
                _begin(text, seen)
    except DatabaseError as error:
        logger.warning("A search that failed was not counted: %s", error)


def _begin(text: str, seen: dict[str, object]) -> None:
    try:
        with transaction.atomic():
            Miss.objects.create(text=text, **seen)
    except IntegrityError:  # somebody searched for it at the same instant
        return
    if (number := Miss.objects.count()) > KEPT:
        rarest = Miss.objects.order_by("times", "last_at").values_list("pk", flat=True)[: number - KEPT]
        Miss.objects.filter(pk__in=list(rarest)).delete()
