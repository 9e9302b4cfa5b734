"""What can be seen of the running shop: its log, the id of each request in it, and its counters."""

import os

from django_guid.integrations.celery import CeleryIntegration

# The id that nginx gave a request stands in every line of the log that comes of it, in the worker's too.
DJANGO_GUID = {
    "GUID_HEADER_NAME": "X-Request-ID",
    "VALIDATE_GUID": False,  # nginx writes it, over whatever a visitor says
    "EXPOSE_HEADER": False,
    "INTEGRATIONS": [CeleryIntegration()],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "django_guid.log_filters.CorrelationId"},
        "in_one_line": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://dailyfresh_core.http.outages.in_one_line",
        },
        "refusal_in_one_line": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://dailyfresh_core.http.errors.refusal_in_one_line",
        },
    },
    "formatters": {"line": {"format": "%(levelname)s [%(correlation_id)s] %(message)s"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id", "in_one_line", "refusal_in_one_line"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own handler speaks only where DEBUG is on.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django_guid": {"level": "WARNING"},  # it tells of each id that it takes
    },
}
CELERY_WORKER_LOG_FORMAT = "[%(asctime)s: %(levelname)s/%(processName)s] [%(correlation_id)s] %(message)s"
CELERY_WORKER_TASK_LOG_FORMAT = CELERY_WORKER_LOG_FORMAT


def number_of_this_process() -> str:
    """The place of this process in its server, which whoever takes its place has again: uwsgi's worker, Celery's pool process."""
    try:
        import uwsgi

        return f"{os.environ['METRICS_NAME']}-{uwsgi.worker_id()}"
    except ImportError:
        from billiard.process import current_process

        return f"{os.environ['METRICS_NAME']}-{getattr(current_process(), 'index', 'main')}"


if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    # One file for each place, not for each process id: a reload leaves no files behind, and no count is lost by it.
    from prometheus_client import values

    os.makedirs(os.environ["PROMETHEUS_MULTIPROC_DIR"], exist_ok=True)
    values.ValueClass = values.MultiProcessValue(process_identifier=number_of_this_process)
