"""The Celery application: `celery -A celery_tasks.tasks worker -l info` in this folder (seed point 10).

The tasks belong to the packages. Here stands how often beat calls them: a row whose wake-up call was lost is worked off
by the next call.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("dailyfresh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SECONDS = {
    "dailyfresh_users.tasks.drain": "drain",
    "dailyfresh_users.tasks.tidy": 3600,
    "dailyfresh_goods.tasks.drain_pages": "drain",
    "dailyfresh_goods.tasks.turn_home": "drain",
    "dailyfresh_goods.tasks.refresh_figures": 600,
    "dailyfresh_search.drain_documents": "drain",
    "dailyfresh_orders.tasks.drain": "drain",
    "dailyfresh_orders.tasks.drain_payments": "drain",
}
DRAIN_SECONDS = float(os.environ.get("DRAIN_SECONDS", "30"))
app.conf.beat_schedule = {
    name: {"task": name, "schedule": DRAIN_SECONDS if seconds == "drain" else seconds} for name, seconds in SECONDS.items()
}
