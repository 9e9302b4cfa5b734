"""When an order may come: the times that the site's delivery offers for an address, and the one that is chosen."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from dailyfresh_core.days import local, said
from dailyfresh_core.db.retrying import aside
from dailyfresh_core.joins import WrongShape
from dailyfresh_core.pricing.money import places
from django.conf import settings
from django.utils.translation import gettext as _

from ..joins import DELIVERY, delivery
from ..models import Order, length_of
from ..protocols import Address, Delivery, Window

logger: logging.Logger = logging.getLogger(__name__)
FEW = 10
"""From so many left on, how many is said."""


@dataclass(frozen=True)
class Timing:
    """What may be chosen, and what is; nothing where the site sends without asking when."""

    windows: tuple[Window, ...] = ()
    chosen: Window | None = None
    problem: str = ""
    """Why there is no order as it is, in the buyer's language."""
    by: Delivery | None = None

    @property
    def given(self) -> bool:
        """Whether the site asks when."""
        return self.by is not None

    def fee(self, goods: Decimal, window: Window | None = None) -> Decimal:
        """What bringing goods that come to so much costs in the chosen window, or in another one."""
        window = window or self.chosen
        if self.by is None or window is None:
            return Decimal("0.00")
        fee = self.by.fee(window, goods=goods)
        if fee < 0 or fee != round(fee, places()):
            raise WrongShape(f"{DELIVERY.where}: {DELIVERY.dotted}.fee gave {fee}, which is no amount from 0 on.")
        return fee

    @property
    def looked_at(self) -> str:
        """Id of the chosen window, or of the first that may be chosen; "" where there is none."""
        first = self.chosen or next((each for each in self.windows if each.open), None)
        return first.id if first else ""

    @property
    def by_day(self) -> list[tuple[str, list[tuple[date, list[Window]]]]]:
        """(place, its days with their windows): to the address first."""
        ranked = sorted(self.windows, key=lambda each: (each.place != "", each.place, each.starts, each.ends))
        return [
            (place, [(day, list(found)) for day, found in groupby(there, key=lambda each: local(each.starts).date())])
            for place, there in groupby(ranked, key=lambda each: each.place)
        ]


def timing(
    *,
    address: Address | None,
    grams: int,
    at: datetime,
    sent: bool,
    wanted: str | None = None,
    alone: bool = False,
) -> Timing:
    """What may be chosen for an order that is `sent` there, and the window `wanted`; None takes the earliest that comes to the address.
    `alone`: nobody chooses any more, and nothing but that window is asked for where the delivery can be asked so.

    The delivery is asked once, or not at all. What it raises, and what does not fit, is logged, and then nothing can be ordered; while DEBUG
    is on, what does not fit is raised: WrongShape.
    """
    if not sent or address is None or (by := delivery()) is None:
        return Timing()
    try:
        with aside():
            windows = _asked(by, address, grams, at, only=wanted if alone else None)
            for fault in faults(windows):
                raise WrongShape(f"{DELIVERY.where}: {DELIVERY.dotted}.choices gave {fault}")
    except Exception as error:
        if settings.DEBUG and isinstance(error, WrongShape):
            raise
        logger.exception("Nothing can be sent: %s did not answer as it must", DELIVERY.dotted)
        return Timing(problem=_("Delivery times cannot be had at the moment. Please try again."), by=by)
    return _chosen(Timing(windows, by=by), wanted)


def _asked(by: Any, address: Address, grams: int, at: datetime, *, only: str | None) -> tuple[Window, ...]:
    if only and hasattr(by, "choice"):  # `protocols.Certain`
        window = by.choice(only, address=address, grams=grams, at=at)
        return () if window is None else (window,)
    return tuple(by.choices(address=address, grams=grams, at=at))


def _chosen(found: Timing, wanted: str | None) -> Timing:
    to_the_door = [each for each in found.windows if not each.place]
    if not wanted:
        earliest = min((each for each in to_the_door if each.open), key=lambda each: each.starts, default=None)
        return replace(found, chosen=earliest, problem="" if earliest else _none_of(found))
    window = next((each for each in found.windows if each.id == wanted), None)
    if window is None:
        return replace(
            found, problem=_("The time you chose is not offered for this address. Please choose another one.")
        )
    if not window.open:
        sentence = _("%(time)s: %(why)s Please choose another time.")
        return replace(found, problem=sentence % {"time": said(window.starts, window.ends), "why": window.why})
    return replace(found, chosen=window)


def _none_of(found: Timing) -> str:
    if any(each.open for each in found.windows):
        return _("Nothing can be brought to this address. You can fetch it: please choose where and when.")
    return _("Nothing can be brought to this address at the moment.")


def faults(windows: tuple[Window, ...]) -> Iterator[str]:
    """A sentence for each window that no order could keep, or that no buyer could choose."""
    seen: set[str] = set()
    for each in windows:
        if not 1 <= len(each.id) <= length_of(Order, "window") or each.id in seen:
            yield f"the window id {each.id[:20]!r}: each has one of its own, of 1 to {length_of(Order, 'window')} characters."
        if len(each.place) > length_of(Order, "place"):
            yield f"a place of {len(each.place)} characters, and an order holds {length_of(Order, 'place')}."
        if each.starts >= each.ends:
            yield f"the window {each.id!r}, which ends before it begins."
        if each.open == bool(each.why):
            yield f"the window {each.id!r}, which is {'open' if each.open else 'not open'}, with the reason {each.why!r}."
        seen.add(each.id)
