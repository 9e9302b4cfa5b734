"""Error pages that do not read the request again, a request that can always be made, and refusals that take one line of the log.

Django's own error pages look for a token in the form, and so fail a second time on a form that could not be read the first time: a
400 becomes a 500. A site that has `{% csrf_token %}` in its error pages loses nothing: the token comes from the cookie.

    from dailyfresh_core.errors import handler400, handler403, handler404, handler500  # in the site's urls.py
    application.request_class = dailyfresh_core.errors.Request  # in its wsgi.py
"""

import logging
from contextlib import suppress
from inspect import unwrap
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.views import defaults

handler400: Any = unwrap(defaults.bad_request)
handler403: Any = unwrap(defaults.permission_denied)
handler404: Any = unwrap(defaults.page_not_found)
handler500: Any = unwrap(defaults.server_error)


class Request(WSGIRequest):
    """Django reads the query of a form with a charset while it makes the request: one that is refused fails where nobody answers.

    Here it is refused when a view asks for it, by a 400 as any other.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        with suppress(SuspiciousOperation):
            super()._set_content_type_params(meta)  # type: ignore[misc]


def refusal_in_one_line(record: logging.LogRecord) -> bool:
    """A filter for handlers: what a visitor did wrong (400 to 499) is told without a traceback; anybody could fill disks with them."""
    if getattr(record, "status_code", 500) < 500:
        record.exc_info = record.exc_text = None
    return True
