"""The WSGI application of the store."""

import os

from dailyfresh_core.http.errors import Request
from django.core.wsgi import get_wsgi_application
from store import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
tracing.begin()
application = get_wsgi_application()
application.request_class = Request

from store.warming import warm  # noqa: E402 - the settings are needed

warm(application)
