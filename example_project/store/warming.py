"""What a process does before its first request: whatever is imported, opened or compiled at the first use is used once.

Two threads that import one module lazily at the same time can wait for each other for ever.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings

logger = logging.getLogger(__name__)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def warm(application: Application) -> None:
    """Ask for each of WARM_PATHS as an anonymous visitor; what fails is logged, and the process serves all the same."""
    for path in getattr(settings, "WARM_PATHS", ()):
        try:
            status = ask(application, path)
        except Exception:
            logger.exception("%s could not be warmed", path)
            continue
        if not status.startswith(("200", "302")):
            logger.warning("%s answered %s while it was warmed", path, status)


def ask(application: Application, path: str) -> str:
    """GET a path of the site inside this process; gives the status line."""
    site, asked, answers = urlsplit(settings.SITE_URL), urlsplit(path), []
    environ = {
        "PATH_INFO": asked.path,
        "QUERY_STRING": asked.query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_PORT": str(site.port or 443),
        "HTTP_HOST": site.netloc,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "HTTP_ACCEPT": "text/html",
        "wsgi.url_scheme": site.scheme,
    }
    setup_testing_defaults(environ)
    body = application(environ, lambda status, headers, exc_info=None: answers.append(status))
    for _part in body:
        pass
    getattr(body, "close", lambda: None)()
    return str(answers[-1])
