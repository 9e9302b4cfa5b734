"""The Celery application of the store: `celery -A celery_tasks.tasks worker -l info`."""
