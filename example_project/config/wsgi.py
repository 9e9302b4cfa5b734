"""The WSGI application of the store."""

import os

from dailyfresh_core.errors import Request
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
application = get_wsgi_application()
application.request_class = Request

from store.warming import warm  # noqa: E402 - the settings are needed

warm(application)
