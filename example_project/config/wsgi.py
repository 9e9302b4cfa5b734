"""The WSGI application of the store."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")
application = get_wsgi_application()

from store.warming import warm  # noqa: E402 - the settings are needed

warm(application)
