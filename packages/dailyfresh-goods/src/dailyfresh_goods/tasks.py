"""What runs beside the requests; `schedule.py` says when."""

import time

from dailyfresh_core.background.waking import task, tasks_run_inline, wake, wake_later

from . import services
from .conf import conf

PAGES_AT_ONCE = 3.0
"""Seconds after which the drain of pages makes room: a shop that sells all the time has always another page to make."""
AT_ONCE = 2.0
"""Seconds after which drawing that was woken begins no other picture: beat's does the rest."""


@task(ignore_result=True)
def drain_pages(again: bool = True) -> None:
    """Make the marked pages anew; comes back once, when those that must be quiet for a moment are.

    A mark that comes meanwhile has woken a drain of its own: were this one to go on until none is left, a
    busy shop would never see its end, nor that of any other. In a worker what it does not finish goes on behind
    whatever waits there by then: a mail, or a worker that is asked to end.
    """
    if tasks_run_inline(conf.TASKS):
        services.drain_pages()
        return
    end = time.monotonic() + PAGES_AT_ONCE
    if not services.drain_pages(seconds=PAGES_AT_ONCE):
        return
    if time.monotonic() >= end:
        wake(drain_pages, tasks=conf.TASKS)
    elif again and conf.DEBOUNCE:
        wake_later(drain_pages, seconds=conf.DEBOUNCE, again=False)


@task(ignore_result=True)
def run_imports() -> None:
    """Take in the files of goods that staff have begun."""
    services.run_imports()


@task(ignore_result=True)
def fetch_pictures() -> None:
    """Fetch the pictures that files of goods name addresses of."""
    services.fetch_pictures()


@task(ignore_result=True)
def draw_new_pictures() -> None:
    """Draw what was uploaded just now; woken with the change, perhaps inside a request, so it begins little."""
    services.draw_pictures(seconds=AT_ONCE, awaited=True)


@task(ignore_result=True)
def draw_pictures() -> None:
    """Draw what waits. For beat, every 30 s."""
    services.draw_pictures()


@task(ignore_result=True)
def collect_pictures() -> None:
    """Find pictures that nobody told of, and take away what no page shows any more. For beat, once an hour."""
    services.collect_pictures()


@task(ignore_result=True)
def refresh_figures() -> None:
    """Take over the sales and the stars that lists sort by."""
    services.refresh_sales()
    services.refresh_ratings()


@task(ignore_result=True)
def heal_bands() -> None:
    """Set the bands that do not fit their stock, where a process died before it could say that the stock moved."""
    services.refresh_bands()


@task(ignore_result=True)
def turn_home() -> None:
    """Let scheduled banners begin and end on the written home page."""
    services.turn_home()


@task(ignore_result=True)
def turn_prices() -> None:
    """Begin and end the prices that were planned. For beat, every 30 s."""
    services.turn_prices()


@task(ignore_result=True)
def tell_of_returns() -> None:
    """Tell who waits that goods are back. For beat, every 30 s."""
    services.tell_of_returns()
