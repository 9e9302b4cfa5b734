"""How each part of the shop is: read once, told as JSON to people, as gauges to Prometheus, as a status to machines.

Readiness is another question: a page from the cache is served while half of this is broken, so a balancer asks /healthz, which
looks at the database alone.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from dailyfresh_delivery.selectors import windowless
from dailyfresh_goods.models import Follower, Mark, StaleDocument, StalePage
from dailyfresh_orders.models import Order, Payment, Refund, RefundPicture, ReviewPicture
from dailyfresh_users.models import Erasure, Mail
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django_redis import get_redis_connection

HEARTBEAT = "store.heartbeat."
PATIENCE = 60.0
"""Seconds that a drain may be behind, and a worker's heartbeat old."""
WORKERS = {"worker": PATIENCE, "background": 1800.0}
"""Seconds without a sign of life; what works in the background may be at one long import."""
SLOW = dict.fromkeys(("pictures", "refund pictures"), WORKERS["background"])
"""Drains that work there."""
NAMES = {
    "database": pgettext_lazy("part of the shop", "Database"),
    "carts": pgettext_lazy("part of the shop", "Carts"),
    "cache": pgettext_lazy("part of the shop", "Cache"),
    "broker": pgettext_lazy("part of the shop", "Queue of tasks"),
    "worker": pgettext_lazy("part of the shop", "Worker"),
    "background": pgettext_lazy("part of the shop", "Worker of long tasks"),
    "storage": pgettext_lazy("part of the shop", "Storage of pictures"),
    "mails": pgettext_lazy("part of the shop", "Mails to be sent"),
    "erasures": pgettext_lazy("part of the shop", "Accounts to be erased"),
    "pages": pgettext_lazy("part of the shop", "Pages to be made anew"),
    "index": pgettext_lazy("part of the shop", "Search index"),
    "orders": pgettext_lazy("part of the shop", "Orders whose time is over"),
    "baskets": pgettext_lazy("part of the shop", "Carts to be cleared of what was ordered"),
    "cancelling": pgettext_lazy("part of the shop", "Orders being cancelled"),
    "payments": pgettext_lazy("part of the shop", "Payments to be asked about"),
    "pictures": pgettext_lazy("part of the shop", "Pictures of reviews"),
    "refund pictures": pgettext_lazy("part of the shop", "Pictures of refunds"),
    "refunds": pgettext_lazy("part of the shop", "Refunds to be carried out"),
    "windows": pgettext_lazy("part of the shop", "Delivery times"),
}
"""What staff call the parts that machines know by short names."""


@dataclass(frozen=True)
class Part:
    """One part: whether it does its work, what can be measured of it, and what it said when it does not."""

    name: str
    well: bool
    waiting: int = 0
    """Rows that wait for a drain."""
    seconds: float = 0.0
    """How long the answer took; of a drain, how long the oldest row has been due; of the worker, how old its last sign is."""
    said: str = ""
    """In the language of the moment, but for what a client raised."""

    @property
    def label(self) -> str:
        name, _at, host = self.name.partition("@")
        label = str(NAMES.get(name, name))
        return f"{label} ({host})" if host else label


def parts() -> Iterator[Part]:
    """All of them; what depends on the database is left out when that is away."""
    database = asked("database", query)
    yield database
    yield asked("carts", lambda: get_redis_connection("cart").ping())
    yield asked("cache", lambda: get_redis_connection("default").ping())
    yield asked("broker", reach_broker)
    yield from (heartbeat(worker) for worker in WORKERS)
    yield asked("storage", reach_storage)
    if database.well:
        for name, rows, column in drains():
            yield behind(name, rows, column)
        none = windowless(at=timezone.now())
        yield Part("windows", not none, said=gettext("no window in the next three days") if none else "")
        yield from hosts()


def asked(name: str, question: Callable[[], Any]) -> Part:
    """A part that answers a question, and how long that took; whatever the client raises is what it said."""
    began = time.monotonic()
    try:
        question()
    except Exception as error:  # noqa: BLE001 - each client has errors of its own
        return Part(name, False, seconds=time.monotonic() - began, said=f"{type(error).__name__}: {error}")
    return Part(name, True, seconds=time.monotonic() - began)


def query() -> None:
    """A statement: a node that has left its cluster connects, and no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def reach_broker() -> None:
    from celery_tasks.tasks import app

    with app.connection_for_write(connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=2)


def reach_storage() -> None:
    """A name that nobody has: the trackers are asked for it, and nothing is written."""
    default_storage.exists("group1/M00/00/00/fwAAAmsDnW2AHp8HAAAACw1KEYU619.txt")


def beat(worker: str) -> None:
    """A sign of life: beat sent the call, the broker carried it, the worker took it."""
    cache.set(HEARTBEAT + worker, time.time(), timeout=None)


def heartbeat(worker: str) -> Part:
    """A worker, by its last sign."""
    patience = WORKERS[worker]
    try:
        last = cache.get(HEARTBEAT + worker)
    except Exception as error:  # noqa: BLE001 - as above
        return Part(worker, False, said=f"{type(error).__name__}: {error}")
    age = time.time() - last if last else float("inf")
    if age > patience:
        said = gettext("no sign of life: is beat up, and a worker?")
        return Part(worker, False, seconds=age if last else patience, said=said)
    return Part(worker, True, seconds=age)


def drains() -> "Iterator[tuple[str, QuerySet[Any], str]]":
    """Name, the rows that are due, and the column that says since when."""
    now = timezone.now()
    yield "mails", Mail.objects.filter(due_at__lte=now), "due_at"
    yield "erasures", Erasure.objects.all(), "erased_at"
    yield "pages", StalePage.objects.filter(host="", failed_at=None), "marked_at"
    yield "index", StaleDocument.objects.filter(host=""), "marked_at"
    # Every state is named because the index begins with it.
    yield "orders", Order.objects.filter(state__in=Order.State.values, due_at__lte=now), "due_at"
    yield "baskets", Order.objects.filter(basket_due=True), "placed_at"
    yield "cancelling", Order.objects.filter(state=Order.State.CANCELLING, due_at__lte=now), "due_at"
    yield "payments", Payment.objects.filter(state=Payment.State.PENDING, ask_again_at__lte=now), "ask_again_at"
    yield "pictures", ReviewPicture.objects.filter(draw_at__lte=now), "draw_at"
    yield "refund pictures", RefundPicture.objects.filter(draw_at__lte=now), "draw_at"
    yield "refunds", Refund.objects.filter(state__in=[Refund.State.READY, Refund.State.SENT], try_at__lte=now), "try_at"


def behind(name: str, rows: "QuerySet[Any]", column: str) -> Part:
    """A drain, by the rows that are due; how long the oldest of them has been."""
    found = rows.order_by().aggregate(waiting=Count("pk"), since=Min(column))
    since: datetime | None = found["since"]
    late = (timezone.now() - since).total_seconds() if since else 0.0
    well = late <= SLOW.get(name, PATIENCE)
    said = "" if well else gettext("the oldest has been due for %s") % _long(late)
    return Part(name, well, waiting=found["waiting"], seconds=max(0.0, late), said=said)


def _long(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def hosts() -> Iterator[Part]:
    """Where several hosts have pages and an index of their own: how far each is behind, and whether its worker gives a sign."""
    kinds: tuple[tuple[str, type[Mark], QuerySet[Any]], ...] = (
        ("pages", StalePage, StalePage.objects.filter(failed_at=None)),
        ("index", StaleDocument, StaleDocument.objects.all()),
    )
    for name, model, rows in kinds:
        for host, seen_at in Follower.of(model).order_by("host").values_list("host", "seen_at"):
            part = behind(f"{name}@{host}", rows.filter(host=host), "marked_at")
            silent = timezone.now() - seen_at
            if silent.total_seconds() > PATIENCE:
                said = gettext("no sign of life for %s") % _long(silent.total_seconds())
                part = replace(part, well=False, seconds=silent.total_seconds(), said=said)
            yield part
