"""Wakes the drain when staff hand coupons out."""

from typing import Any

from dailyfresh_core.background.waking import wake
from django.db.models.signals import post_save

from .conf import conf
from .models import Issue
from .tasks import drain


def connect() -> None:
    post_save.connect(_on_issue, sender=Issue, dispatch_uid="dailyfresh_promotions.issue")


def _on_issue(created: bool, raw: bool = False, **kwargs: Any) -> None:
    if created and not raw:
        wake(drain, tasks=conf.TASKS)
