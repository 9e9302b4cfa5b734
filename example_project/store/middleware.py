"""A cookie that scripts can read, words where Django has none, and forms that are read to their end."""

from collections.abc import Callable
from contextlib import suppress

from dailyfresh_core.http.answers import wants_json
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.template.loader import render_to_string

MARKER = "df-visitor"
PIECE = 64 * 1024


def whole_bodies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Reads what a view left of a form before it answers: a server that closes on unread bytes takes its answer back."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        with suppress(UnreadablePostError):
            while request.read(PIECE):
                pass
        return response

    return middleware


def visitor_marker(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Sets the marker with the first other cookie; pages ask for the visitor's own data only where it is set.

    Session, token and guest cart are all HttpOnly, so a static page could not tell by them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.cookies and MARKER not in request.COOKIES:
            response.set_cookie(MARKER, "1", max_age=31536000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
        return response

    return middleware


def page_for_not_allowed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A page for people where a view takes only a form (405): Django answers with nothing at all, for which it has no handler."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and not wants_json(request):
            response.content = render_to_string("405.html")
        return response

    return middleware
