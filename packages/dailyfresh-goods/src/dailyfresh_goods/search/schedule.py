"""When the drain runs: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_search.drain_documents": {"task": "dailyfresh_search.drain_documents", "schedule": 30.0}
}
"""Seconds; a shop that is looked at drains every 5."""
