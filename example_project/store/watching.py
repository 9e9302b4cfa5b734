"""What Prometheus reads: the counters of this host's processes, and the gauges of the whole shop.

Two pages, because the second must be read once however many hosts there are.
"""

import os
from collections.abc import Iterator

from dailyfresh_goods.models import StalePage
from dailyfresh_orders.models import Order, Payment
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from .health import parts

ENDED = (Order.State.DONE, Order.State.CANCELLED, Order.State.CLOSED)
OPEN = (Payment.State.PENDING, Payment.State.DISPUTED, Payment.State.LATE_PAID, Payment.State.DUPLICATE)


@never_cache
@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The counters of every process on this host, in both uwsgi instances and the worker, added up."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@never_cache
@login_not_required
@require_safe
def shop_metrics(request: HttpRequest) -> HttpResponse:
    """The gauges of the whole shop, read from its database and its parts."""
    registry = CollectorRegistry()
    registry.register(Shop())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class Shop(Collector):
    """Reads everything anew for each page."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = list(parts())
        yield family("part_up", "Whether a part does its work.", "part", {part.name: part.well for part in found})
        lags = {part.name: part.seconds for part in found}
        yield family(
            "part_seconds", "How long its answer took; of a drain, how long its oldest row is due.", "part", lags
        )
        waiting = {part.name: part.waiting for part in found}
        yield family("waiting_rows", "Rows that wait for a drain.", "part", waiting)
        if found[0].well:
            try:
                yield from books()
            except DatabaseError:
                return  # it went away in between; the next page says so


def books() -> Iterator[GaugeMetricFamily]:
    """What stands in the database."""
    states = Order.objects.order_by().values_list("state").annotate(Count("pk"))
    yield family("orders_by_state", "Orders that are not ended.", "state", dict(states.exclude(state__in=ENDED)))
    money = dict(Payment.objects.order_by().values_list("state").annotate(Count("pk")).filter(state__in=OPEN))
    yield family(
        "payments_open", "Payments that somebody waits for.", "state", {state: money.get(state, 0) for state in OPEN}
    )
    refused = StalePage.objects.exclude(failed_at=None).count()
    yield GaugeMetricFamily(
        "dailyfresh_pages_refused", "Pages that could not be made anew and stay as they were.", refused
    )


def family(name: str, says: str, label: str, values: dict[str, float]) -> GaugeMetricFamily:
    """A gauge with one label."""
    made = GaugeMetricFamily(f"dailyfresh_{name}", says, labels=[label])
    for value, number in values.items():
        made.add_metric([value], float(number))
    return made
