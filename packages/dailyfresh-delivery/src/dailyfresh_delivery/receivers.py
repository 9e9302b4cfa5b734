"""Keeps windows as their patterns and holidays say: those that nobody is in follow at once, the others stay as they were agreed."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete

from .models import Holiday, Pattern
from .services import follow_holidays, make_windows, unmake_windows


def connect() -> None:
    name = "dailyfresh_delivery"
    post_save.connect(_pattern_saved, sender=Pattern, dispatch_uid=f"{name}.pattern_saved")
    pre_delete.connect(_pattern_going, sender=Pattern, dispatch_uid=f"{name}.pattern_going")
    post_save.connect(_holiday_saved, sender=Holiday, dispatch_uid=f"{name}.holiday_saved")
    post_delete.connect(_holiday_gone, sender=Holiday, dispatch_uid=f"{name}.holiday_gone")


def _pattern_saved(instance: Pattern, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        unmake_windows(instance)
        make_windows()


def _pattern_going(instance: Pattern, **kwargs: Any) -> None:
    unmake_windows(instance)


def _holiday_saved(instance: Holiday, raw: bool = False, **kwargs: Any) -> None:
    if not raw:
        follow_holidays()


def _holiday_gone(instance: Holiday, **kwargs: Any) -> None:
    follow_holidays()
    make_windows()
