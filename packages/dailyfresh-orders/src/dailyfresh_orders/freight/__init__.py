"""Freight rules: one shape, `base.Freight`; the setting FREIGHT names one."""

from dailyfresh_core.loading import backend

from ..conf import NAME, conf
from .base import Freight

__all__ = ["Freight", "freight"]


def freight() -> Freight:
    """The rule that the site chose."""
    return backend(conf.FREIGHT, where=f'{NAME}["FREIGHT"]', base=Freight)  # type: ignore[type-abstract]
