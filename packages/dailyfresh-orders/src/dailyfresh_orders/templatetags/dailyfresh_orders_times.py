"""The times at which an order may come, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dailyfresh_core.days import day_said, hours_said, local, said
from dailyfresh_core.pricing.money import shown
from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..checkout.quotes import Quote
from ..checkout.windows import FEW, Timing
from ..models import Order
from ..protocols import Window
from ..services import Moves, may_reschedule

register = template.Library()


def near(day: date) -> str:
    """What a day is called from here, where it has such a name."""
    return {0: _("Today"), 1: _("Tomorrow")}.get((day - local(timezone.now()).date()).days, "")


@register.filter
def when(window: Window) -> str:
    """On which day, and from when to when."""
    return said(window.starts, window.ends)


def few(window: Window) -> str:
    """How many more orders a window takes, when they are few."""
    if window.left is None or window.left >= FEW:
        return ""
    return ngettext("only %(n)d left", "only %(n)d left", window.left) % {"n": window.left}


def _fee(quote: Quote, window: Window) -> str:
    """What a window costs beside the goods of a quote."""
    fee = quote.timing.fee(quote.goods_total + quote.sum_of("discount"), window)
    return shown(fee) if fee else _("free")


def _less(moves: Moves, window: Window) -> str:
    """What an order costs less when it comes in this window."""
    less = moves.back[window.id]
    return _("%(amount)s less") % {"amount": shown(less)} if less else _("the same price")


@register.filter
def may_be_moved(order: Order) -> bool:
    """Whether the buyer may choose another time for it now: for the link to where."""
    return may_reschedule(order, at=timezone.now())


@register.filter
def holds(days: Iterable[tuple[date, Iterable[Window]]], timing: Timing) -> bool:
    """Whether the window that is looked at is on one of these days."""
    return any(each.id == timing.looked_at for _day, windows in days for each in windows)


@dataclass(frozen=True)
class DrawnWindow:
    """A window as it is drawn: its hours, and what is said of it."""

    id: str
    open: bool
    checked: bool
    hours: str
    words: str


@dataclass(frozen=True)
class DrawnDay:
    """A day of the times to choose from: how it is called, how many may be chosen, why none, whether it is the one that is looked at."""

    called: str
    said: str
    open: int
    why: str
    chosen: bool
    windows: tuple[DrawnWindow, ...]


@register.simple_tag
def day_of(day: date, windows: Iterable[Window], timing: Timing, quote: Quote | None, moves: Moves | None) -> DrawnDay:
    """A day of the times to choose from, in words; two that are equal look alike."""
    those = list(windows)
    chosen = timing.chosen.id if timing.chosen else None
    written = day_said(day)
    return DrawnDay(
        called=" ".join(filter(None, (near(day), written))),
        said=written,
        open=sum(each.open for each in those),
        why=those[-1].why,
        chosen=any(each.id == timing.looked_at for each in those),
        windows=tuple(
            DrawnWindow(
                id=each.id,
                open=each.open,
                checked=each.id == chosen,
                hours=hours_said(each.starts, each.ends),
                words=_words(each, quote, moves) if each.open else each.why,
            )
            for each in those
        ),
    )


def _words(window: Window, quote: Quote | None, moves: Moves | None) -> str:
    price = _less(moves, window) if moves else _fee(quote, window) if quote else ""
    return " · ".join(filter(None, (price, few(window))))
