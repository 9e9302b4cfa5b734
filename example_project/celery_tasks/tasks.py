"""The Celery application: `celery -A celery_tasks.tasks worker -l info` in this folder (seed point 10).

The tasks belong to the packages. Here stands how often beat calls them: a row whose wake-up call was lost is worked off
by the next call.
"""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("dailyfresh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

DRAIN = float(os.environ.get("DRAIN_SECONDS", "30"))
BEAT: dict[str, float | crontab] = {
    "dailyfresh_users.tasks.drain": DRAIN,
    "dailyfresh_users.tasks.tidy": 3600.0,
    "dailyfresh_goods.tasks.drain_pages": DRAIN,
    "dailyfresh_goods.tasks.turn_home": DRAIN,
    "dailyfresh_goods.tasks.heal_bands": DRAIN,
    "dailyfresh_goods.tasks.refresh_figures": 600.0,
    "dailyfresh_search.drain_documents": DRAIN,
    "dailyfresh_orders.tasks.drain": DRAIN,
    "dailyfresh_orders.tasks.drain_payments": DRAIN,  # refunds and cancellations as well
    "dailyfresh_orders.tasks.reconcile_yesterday": crontab(hour="4", minute="0"),
}
app.conf.beat_schedule = {name: {"task": name, "schedule": schedule} for name, schedule in BEAT.items()}
