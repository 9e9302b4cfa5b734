"""A cookie that scripts can read."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MARKER = "df-visitor"


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
