"""Keeps the list of sessions true between sign-in and sign-out. Optional; behind AuthenticationMiddleware."""

from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from .services import is_noted
from .views.visitors import note_session


class SessionMiddleware:
    """Notes each signed-in session at most once in ten minutes, and at once when its key was renewed.

    It costs nothing for visitors who are not signed in, and does not touch a session that the
    page did not touch, so that pages stay cacheable.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        noted = not session.accessed or not session.get(SESSION_KEY) or is_noted(session=session)
        # The account is asked last, for it costs a statement: that of a living session may be gone.
        if not noted and request.user.is_authenticated:
            note_session(request, request.user)
        return response
