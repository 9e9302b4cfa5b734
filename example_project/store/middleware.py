"""A cookie that scripts can read, and forms that cannot be."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

MARKER = "df-visitor"


def readable_forms(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 415 to a form in another encoding than UTF-8.

    Django refuses to read one, and refuses again in each of its error pages, which look for the token of the form: one
    such request would fill the log with tracebacks.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        charset = (request.content_params or {}).get("charset", "utf-8").lower()
        if request.content_type == "application/x-www-form-urlencoded" and charset not in ("utf-8", "utf8"):
            return HttpResponse(status=415)
        return get_response(request)

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
