"""Reads from a replica, by what they are for: pages that show orders and decide nothing. Everything else asks the primary.

Whatever builds a page that is kept, in the cache or on disk, must read the primary: made of a replica's old rows it would be kept as
fresh, with the mark that told of the change gone. Who somebody is, and what something costs, is asked of the primary as well.

A page reads the replica when that has everything which the primary had committed when it was asked for: what somebody has just
written is there, whoever wrote it. One that lags, or is away, is left alone for that page.
"""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger(__name__)
REPLICA = "replica"
VIEWS = frozenset(
    {
        "dailyfresh_orders:list",
        "dailyfresh_orders:messages",
        "dailyfresh_orders:my_reviews",
        "admin:dailyfresh_orders_books",
        "admin:dailyfresh_orders_dashboard",
        "admin:dailyfresh_orders_order_changelist",
        "admin:dailyfresh_orders_payment_changelist",
        "admin:dailyfresh_orders_refund_changelist",
        "admin:dailyfresh_orders_review_changelist",
    }
)
"""Pages that many look at and that scan much; they keep nothing and change nothing."""
APP = "dailyfresh_orders"
SECONDS = 0.2
"""What a page waits for a replica that is a little behind."""
WRITTEN = {"mysql": "SELECT @@gtid_binlog_pos", "postgresql": "SELECT pg_current_wal_lsn()::text"}
"""How far the primary is, in its own words."""
_reads = ContextVar("reads from the replica", default=False)


class Router:
    """Orders from the replica while a page of VIEWS is made; for whatever is written, and in a transaction, the primary."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        wanted = _reads.get() and model._meta.app_label == APP
        return REPLICA if wanted and not connections[DEFAULT_DB_ALIAS].in_atomic_block else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        return True  # the same rows

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS


class ReplicaMiddleware:
    """Lets the pages of VIEWS read the replica. What is streamed is read while it is sent: the next request of the thread ends that."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _reads.set(False)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        found = request.resolver_match
        if found and found.view_name in VIEWS and request.method in ("GET", "HEAD"):
            _reads.set(has_caught_up())


def has_caught_up() -> bool:
    """Whether the replica has what the primary has committed by now, or within SECONDS."""
    with connections[DEFAULT_DB_ALIAS].cursor() as primary:
        primary.execute(WRITTEN[connections[DEFAULT_DB_ALIAS].vendor])
        position = primary.fetchone()[0]
    try:
        with connections[REPLICA].cursor() as replica:
            if connections[REPLICA].vendor == "mysql":
                replica.execute("SELECT MASTER_GTID_WAIT(%s, %s)", [position, SECONDS])
                return bool(replica.fetchone()[0] == 0)
            return _replayed(replica, position)
    except Error as error:
        logger.warning("The replica does not answer, the primary is asked: %s", error)
        return False


def _replayed(replica: Any, position: str) -> bool:
    """PostgreSQL has no statement that waits; a few looks are as good, each a tenth of a millisecond of its time."""
    end = time.monotonic() + SECONDS
    while True:
        replica.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [position])
        caught_up = bool(replica.fetchone()[0])
        if caught_up or time.monotonic() > end:
            return caught_up
        time.sleep(0.01)
