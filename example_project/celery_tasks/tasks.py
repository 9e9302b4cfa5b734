"""The Celery application: `celery -A celery_tasks.tasks worker -l info` in this folder (seed point 10).

The tasks belong to the packages, and so do their schedules. Here stands how often beat calls the drains: a row whose
wake-up call was lost is worked off by the next call.
"""

import os

from celery import Celery
from dailyfresh_goods.schedule import SCHEDULE as GOODS
from dailyfresh_goods.search.schedule import SCHEDULE as SEARCH
from dailyfresh_orders.schedule import SCHEDULE as ORDERS
from dailyfresh_users.schedule import SCHEDULE as USERS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("dailyfresh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

OFTEN = 30.0
DRAIN = float(os.environ.get("DRAIN_SECONDS", OFTEN))
app.conf.beat_schedule = {
    name: {**entry, "schedule": DRAIN} if entry["schedule"] == OFTEN else entry
    for name, entry in {**USERS, **GOODS, **SEARCH, **ORDERS}.items()
}
