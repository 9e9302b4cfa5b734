"""When the tasks run: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_orders.drain": {"task": "dailyfresh_orders.tasks.drain", "schedule": 30.0},
    "dailyfresh_orders.drain_payments": {"task": "dailyfresh_orders.tasks.drain_payments", "schedule": 30.0},
    "dailyfresh_orders.draw_all_pictures": {"task": "dailyfresh_orders.tasks.draw_all_pictures", "schedule": 30.0},
    "dailyfresh_orders.watch_stock": {"task": "dailyfresh_orders.tasks.watch_stock", "schedule": 600.0},
    "dailyfresh_orders.tidy": {"task": "dailyfresh_orders.tasks.tidy", "schedule": crontab(hour="5", minute="0")},
    "dailyfresh_orders.reconcile_yesterday": {
        "task": "dailyfresh_orders.tasks.reconcile_yesterday",
        "schedule": crontab(hour="4", minute="0"),
    },
    "dailyfresh_orders.audit_yesterday": {
        "task": "dailyfresh_orders.tasks.audit_yesterday",
        "schedule": crontab(hour="4", minute="30"),
    },
}
"""Seconds, and once a night; a shop that is looked at drains every 5."""
