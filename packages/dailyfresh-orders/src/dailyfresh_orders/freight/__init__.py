"""Freight rules: one shape, `base.Freight`; the setting FREIGHT names one."""

from ..conf import conf
from ..loading import backend
from .base import Freight

__all__ = ["Freight", "freight"]


def freight() -> Freight:
    """The rule that the site chose."""
    made: Freight = backend(conf.FREIGHT, where="FREIGHT", base=Freight)
    return made
