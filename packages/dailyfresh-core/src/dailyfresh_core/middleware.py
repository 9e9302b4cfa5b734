"""What a visitor is told while the database is away."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _

from .db.retrying import Busy
from .http.answers import unavailable, wants_json
from .http.outages import in_one_line, is_outage

logger: logging.Logger = logging.getLogger(__name__)
SECONDS = 5
"""When to ask again: a server that is started anew is back by then, or says so once more."""
MARK = "dailyfresh_core.outage"


class OutageMiddleware:
    """503 with `Retry-After` in place of a 500 when the database is away or too busy: the envelope for scripts, a page for people.

    Put it near the top, behind what only sets headers: a page that comes from a cache needs no database and goes on. An error of other
    middleware, which Django turns into a 500 before anybody sees it, is found by the signal that Django sends of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note, dispatch_uid=MARK)
        quiet = logging.getLogger("django.request")
        if in_one_line not in quiet.filters:
            quiet.addFilter(in_one_line)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        error = request.META.pop(MARK, None)
        return response if error is None else answer(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if is_outage(error) else None


def _note(request: HttpRequest | None = None, **_: Any) -> None:
    error = sys.exc_info()[1]
    if request is not None and error is not None and is_outage(error):
        request.META[MARK] = error


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """What is said, and logged in one line. The page is made without the request: whoever it belongs to stands in the database."""
    at = escape_uri_path(request.path)  # or a visitor would write lines of the log
    logger.error("%s %s cannot be answered: %s: %s", request.method, at, type(error).__name__, error)
    if wants_json(request):
        if isinstance(error, Busy):
            return unavailable(_("The shop is very busy. Please try again."), code="busy", seconds=SECONDS)
        return unavailable(_("The shop cannot be reached right now. Please try again in a moment."), seconds=SECONDS)
    page = render_to_string("dailyfresh_core/unavailable.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(SECONDS), "Cache-Control": "no-store"})
