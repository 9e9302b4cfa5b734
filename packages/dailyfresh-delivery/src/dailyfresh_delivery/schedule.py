"""When the task runs: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_delivery.audit_windows": {"task": "dailyfresh_delivery.tasks.audit_windows", "schedule": 24 * 3600.0},
    "dailyfresh_delivery.drain": {"task": "dailyfresh_delivery.tasks.drain", "schedule": 600.0},
}
"""Seconds."""
