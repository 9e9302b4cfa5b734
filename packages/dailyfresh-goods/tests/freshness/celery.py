from celery import Celery
from dailyfresh_goods.schedule import SCHEDULE

app = Celery("freshness")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_default_queue = "goods-freshness"
app.conf.beat_schedule = {name: {**entry, "schedule": 1.0} for name, entry in SCHEDULE.items() if "drain" in name}
app.autodiscover_tasks()
