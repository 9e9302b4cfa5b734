"""Wake-up calls: each task works off rows that are there already, and may run in several workers at once."""

from celery import shared_task

from .services.baskets import settle_baskets
from .services.cancelling import pass_time
from .services.sales import close_days


@shared_task(ignore_result=True)
def drain() -> None:
    """Everything that is due: unsettled baskets, orders whose time has come, days of sales that are over. For beat, every 30 s."""
    settle_baskets()
    pass_time()
    close_days()
