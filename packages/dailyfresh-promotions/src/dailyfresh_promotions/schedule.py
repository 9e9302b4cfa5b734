"""When the task runs: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_promotions.audit_counters": {
        "task": "dailyfresh_promotions.tasks.audit_counters",
        "schedule": 24 * 3600.0,
    },
    "dailyfresh_promotions.drain": {"task": "dailyfresh_promotions.tasks.drain", "schedule": 30.0},
    "dailyfresh_promotions.fill_gate": {"task": "dailyfresh_promotions.tasks.fill_gate", "schedule": 5.0},
}
"""Seconds."""
