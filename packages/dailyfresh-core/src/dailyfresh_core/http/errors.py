"""Error pages that do not read the request again, a request that can always be made, and refusals that take one line of the log.

Django's own error pages look for a token in the form, and so fail a second time on a form that could not be read the first time: a
400 becomes a 500. A site that has `{% csrf_token %}` in its error pages loses nothing: the token comes from the cookie.

    from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # in the site's urls.py
    application.request_class = dailyfresh_core.http.errors.Request  # in its wsgi.py
"""

import codecs
import logging
import re
from contextlib import suppress
from inspect import unwrap
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters
from django.views import defaults

ESCAPES = 64
"""Backslashes in the cookies of a request; those that Django and the packages set have none."""
LINE = 300
"""Characters of a line of the log that says what a visitor did wrong; an address may have thousands."""
TEXTS = re.compile(r"ascii|utf|iso8859|cp\d|mac|koi8|gb|big5|euc|shift_jis|iso2022|johab|tis|hz")
"""How Python names what texts are written in; others, as rot13 and zlib, are no charsets."""

handler400: Any = unwrap(defaults.bad_request)
handler403: Any = unwrap(defaults.permission_denied)
handler404: Any = unwrap(defaults.page_not_found)
handler500: Any = unwrap(defaults.server_error)


class Request(WSGIRequest):
    """A request that can be made whatever its Content-Type says: Django reads it, and the query by its charset, where nobody answers yet.

    What cannot be read, or names no charset of a text, is no type at all; a query that is refused is refused when a view asks for it, by a
    400 as any other.

    And one that costs no more to read than to send. Parts of a form without a name are counted nowhere, and each is worked on: here a form
    has no more parts than fields and files may be. Escapes in cookies take the square of their number in a Python before 3.12.6 and 3.11.10:
    here a request with many of them has no cookies.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        if not _names_a_type(meta.get("CONTENT_TYPE", "")):
            meta = {**meta, "CONTENT_TYPE": ""}
        with suppress(SuspiciousOperation):
            super()._set_content_type_params(meta)  # type: ignore[misc]

    @cached_property
    def COOKIES(self) -> dict[str, str]:  # type: ignore[override]
        return {} if self.META.get("HTTP_COOKIE", "").count("\\") > ESCAPES else super().COOKIES

    def parse_file_upload(self, META: Any, post_data: Any) -> Any:
        most = (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS, settings.DATA_UPLOAD_MAX_NUMBER_FILES)
        boundary = self.content_params.get("boundary", "") if self.content_params else ""
        if boundary and None not in most:
            post_data = Parts(post_data, b"--" + boundary.encode("utf-8", "replace"), sum(most))
        return super().parse_file_upload(META, post_data)


class Parts:
    """The body of a form, as it is read: 400 once it has begun more than `most` parts."""

    def __init__(self, body: IO[bytes], boundary: bytes, most: int) -> None:
        self.body = body
        self.boundary = boundary
        self.left: int = most + 1  # the boundary behind the last part
        self.end: bytes = b""

    def read(self, size: int = -1) -> bytes:
        piece = self.body.read(size)
        seen = self.end + piece
        self.left -= seen.count(self.boundary)
        if self.left < 0:
            raise TooManyFieldsSent("The form has more parts than fields and files may be sent.")
        # Whatever is too short to be a boundary may be the beginning of one.
        self.end = seen[max(0, len(seen) - len(self.boundary) + 1) :]
        return piece


def _names_a_type(header: str) -> bool:
    try:
        _type, parameters = parse_header_parameters(header)
    except (LookupError, ValueError):  # a parameter in a charset that nobody knows, or that is not in the one it names
        return False
    try:
        return bool(TEXTS.match(codecs.lookup(parameters.get("charset", "utf-8")).name))
    except LookupError:
        return True  # Django takes no notice of it
    except ValueError:
        return False


def refusal_in_one_line(record: logging.LogRecord) -> bool:
    """A filter for handlers: what a visitor did wrong (400 to 499) is told without a traceback and in a line that ends; anybody could fill disks."""
    if getattr(record, "status_code", 500) < 500:
        record.exc_info = record.exc_text = None
        record.msg, record.args = record.getMessage()[:LINE], None
    return True
