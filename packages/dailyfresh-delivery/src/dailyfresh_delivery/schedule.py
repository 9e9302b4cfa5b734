"""When the task runs: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

SCHEDULE = {"dailyfresh_delivery.drain": {"task": "dailyfresh_delivery.tasks.drain", "schedule": 600.0}}
"""Seconds."""
