"""What a process does before its first request: whatever is imported, opened or compiled at the first use is used once.

Two threads that import one module lazily at the same time can wait for each other for ever.
"""

import io
import logging
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

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
    body = application(
        {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": asked.path,
            "QUERY_STRING": asked.query,
            "SCRIPT_NAME": "",
            "SERVER_NAME": site.hostname,
            "SERVER_PORT": str(site.port or 443),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": site.netloc,
            "HTTP_X_FORWARDED_PROTO": site.scheme,
            "HTTP_ACCEPT": "text/html",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": site.scheme,
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        },
        lambda status, headers, exc_info=None: answers.append(status),
    )
    for _part in body:
        pass
    getattr(body, "close", lambda: None)()
    return str(answers[-1])
