"""Keeps the list of sessions true between sign-in and sign-out. Optional; behind AuthenticationMiddleware."""

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from .services.sessions import MARK, keep_session
from .views.answers import visitor_address

SEEN = "_dailyfresh_users_seen"
EVERY = 10 * 60


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
        if session.accessed and session.get(SESSION_KEY):
            known_key = (session.get(MARK) or (None, None))[1]
            stale = known_key != session.session_key or time.time() - session.get(SEEN, 0) > EVERY
            # Asked last, for it costs a statement; the account of a living session may be gone.
            if stale and request.user.is_authenticated:
                session[SEEN] = int(time.time())
                keep_session(
                    session=session,
                    user_id=request.user.pk,
                    address=visitor_address(request),
                    agent=request.headers.get("User-Agent", ""),
                )
        return response
