"""Offers begin and end by the clock: whoever keeps pages that name them is told, once for each."""

from django.db import transaction
from django.utils import timezone

from ..models import Rule
from ..signals import offers_changed


def announce() -> int:
    """Tell of the offers that began or ended since; how many those were. Killed between two, the next run goes on."""
    running = Rule.running(timezone.now())
    due = Rule.objects.filter(running, announced=False) | Rule.objects.filter(~running, announced=True)
    told = 0
    for rule in due.order_by("pk"):
        with transaction.atomic():
            Rule.objects.filter(pk=rule.pk).update(announced=not rule.announced)
            offers_changed.send(Rule, sku_ids=rule.skus())
        told += 1
    return told
