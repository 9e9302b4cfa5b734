"""When the tasks run: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_users.drain": {"task": "dailyfresh_users.tasks.drain", "schedule": 30.0},
    "dailyfresh_users.tidy": {"task": "dailyfresh_users.tasks.tidy", "schedule": 3600.0},
}
"""Seconds; a shop that is looked at drains every 5."""
