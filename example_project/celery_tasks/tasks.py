"""The Celery application: `celery -A celery_tasks.tasks worker -l info` in this folder (seed point 10).

The tasks belong to the packages. Here is what beat calls: each package's drains, so that rows whose wake-up call
was lost are worked off all the same.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

app = Celery("dailyfresh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
