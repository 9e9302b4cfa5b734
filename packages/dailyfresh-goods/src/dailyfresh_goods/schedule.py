"""When the tasks run: `app.conf.beat_schedule |= SCHEDULE`, in a module that Celery imports before Django's apps are loaded."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "dailyfresh_goods.collect_pictures": {"task": "dailyfresh_goods.tasks.collect_pictures", "schedule": 3600.0},
    "dailyfresh_goods.draw_pictures": {"task": "dailyfresh_goods.tasks.draw_pictures", "schedule": 30.0},
    "dailyfresh_goods.drain_pages": {"task": "dailyfresh_goods.tasks.drain_pages", "schedule": 30.0},
    "dailyfresh_goods.fetch_pictures": {"task": "dailyfresh_goods.tasks.fetch_pictures", "schedule": 30.0},
    "dailyfresh_goods.heal_bands": {"task": "dailyfresh_goods.tasks.heal_bands", "schedule": 30.0},
    "dailyfresh_goods.refresh_figures": {"task": "dailyfresh_goods.tasks.refresh_figures", "schedule": 600.0},
    "dailyfresh_goods.run_imports": {"task": "dailyfresh_goods.tasks.run_imports", "schedule": 30.0},
    "dailyfresh_goods.tell_of_returns": {"task": "dailyfresh_goods.tasks.tell_of_returns", "schedule": 30.0},
    "dailyfresh_goods.turn_home": {"task": "dailyfresh_goods.tasks.turn_home", "schedule": 30.0},
    "dailyfresh_goods.turn_prices": {"task": "dailyfresh_goods.tasks.turn_prices", "schedule": 30.0},
}
"""Seconds; a shop that is looked at drains every 5."""
