"""The Celery application: `celery -A celery_tasks.tasks worker -l info` in this folder (seed point 10).

The tasks belong to the packages, and so do their schedules. Here stands how often beat calls the drains: a row whose
wake-up call was lost is worked off by the next call.
"""

import os
from logging import Logger, LogRecord

from celery import Celery
from celery.beat import SchedulingError
from celery.signals import after_setup_logger, after_setup_task_logger
from celery.utils.log import get_multiprocessing_logger
from dailyfresh_core.background.waking import EXPIRES
from dailyfresh_core.http.outages import in_one_line
from dailyfresh_delivery.schedule import SCHEDULE as DELIVERY
from dailyfresh_goods.schedule import SCHEDULE as GOODS
from dailyfresh_goods.search.schedule import SCHEDULE as SEARCH
from dailyfresh_orders.schedule import SCHEDULE as ORDERS
from dailyfresh_promotions.schedule import SCHEDULE as PROMOTIONS
from dailyfresh_users.schedule import SCHEDULE as USERS
from django_guid.log_filters import CorrelationId
from kombu import Queue
from kombu.common import Broadcast
from kombu.transport import TRANSPORT_ALIASES

from .broker import TRANSPORTS, Connection
from .ending import InTime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

# `celery` takes the variable BROKER_URL as it stands, and before the settings, which may make Sentinels' addresses of it.
os.environ.pop("CELERY_BROKER_URL", None)
TRANSPORT_ALIASES.update(TRANSPORTS)
app = Celery("dailyfresh")
app.amqp.Connection = Connection
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(InTime)


@after_setup_logger.connect
@after_setup_task_logger.connect
def see_as_the_web_does(logger: Logger, **_: object) -> None:
    """Each line has the id of its request; a database that is away, which every drain meets every few seconds, is one line."""
    for handler in {*logger.handlers, *get_multiprocessing_logger().handlers}:
        handler.addFilter(CorrelationId())
        handler.addFilter(in_one_line)
        handler.addFilter(beat_in_one_line)


def beat_in_one_line(record: LogRecord) -> bool:
    """A call that beat could not send for want of a broker: Celery would tell its own stack and two tracebacks, for each call."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if isinstance(error, SchedulingError):
        record.msg, record.args, record.exc_info = str(error), None, None
    return True


DRAINS = (
    "dailyfresh_users.drain",
    "dailyfresh_goods.drain_pages",
    "dailyfresh_search.drain_documents",
    "dailyfresh_orders.drain",
    "dailyfresh_orders.drain_payments",
    "dailyfresh_orders.draw_all_pictures",
    "dailyfresh_promotions.drain",
)
"""Those that find their rows by an index: they may run as often as one likes."""

LONG = (
    "dailyfresh_delivery.tasks.audit_windows",
    "dailyfresh_goods.tasks.collect_pictures",
    "dailyfresh_goods.tasks.draw_new_pictures",
    "dailyfresh_goods.tasks.draw_pictures",
    "dailyfresh_goods.tasks.fetch_pictures",
    "dailyfresh_goods.tasks.refresh_figures",
    "dailyfresh_goods.tasks.run_imports",
    "dailyfresh_orders.tasks.audit_yesterday",
    "dailyfresh_orders.tasks.drain_pictures",
    "dailyfresh_orders.tasks.draw_all_pictures",
    "dailyfresh_orders.tasks.reconcile_yesterday",
    "dailyfresh_orders.tasks.tidy",
    "dailyfresh_promotions.tasks.audit_counters",
    "dailyfresh_promotions.tasks.drain",
)
"""Those that nobody waits for and that may take long: in a queue of their own no mail stands behind a picture."""

# A worker that is told of no queue takes from both.
app.conf.task_queues = [Queue("celery"), Queue("background")]
app.conf.task_routes = {name: {"queue": "background"} for name in LONG}

OF_EACH_HOST = ("dailyfresh_goods.tasks.drain_pages", "dailyfresh_search.drain_documents")
"""Where several hosts have pages and an index of their own, a worker on each is called; one that is down is not called later."""

if os.environ.get("HOST_NAME"):
    hosts = Broadcast("hosts")
    app.conf.task_queues.append(hosts)
    # Declared with each call: on Redis a process that has not heard of a fanout exchange takes it for a direct one.
    app.conf.task_routes |= {name: {"queue": "hosts", "declare": [hosts.exchange]} for name in OF_EACH_HOST}

schedule = {**USERS, **GOODS, **SEARCH, **ORDERS, **PROMOTIONS, **DELIVERY}
seconds = float(os.environ.get("DRAIN_SECONDS", "30"))
# A call that no worker has taken when the next one is due is dropped: after a standstill one is enough. It outlives the wake-up
# calls before it, which expire sooner: a queue full of those must not keep a drain from its turn.
options = {"expires": max(seconds, 3 * EXPIRES)}
schedule |= {name: {**schedule[name], "schedule": seconds, "options": options} for name in DRAINS}
schedule |= {
    f"store.heartbeat.{worker}": {
        "task": "store.tasks.heartbeat",
        "args": (worker,),
        "schedule": seconds,
        "options": {"expires": 60, "queue": queue},
    }
    for worker, queue in (("worker", "celery"), ("background", "background"))
}
app.conf.beat_schedule = schedule
