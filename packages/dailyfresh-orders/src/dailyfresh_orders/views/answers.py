"""How views answer: the AJAX envelope, and who may ask at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ..exceptions import Busy

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks (jQuery names itself) rather than a browser going to a page."""
    return request.headers.get("X-Requested-With") == "XMLHttpRequest"


def envelope(
    code: str = "ok", message: str = "", *, status: int = 200, data: dict[str, Any] | None = None
) -> JsonResponse:
    """The one shape of every AJAX answer of the suite."""
    body = {"ok": status < 400, "code": code, "message": str(message), "data": data or {}}
    return JsonResponse(body, status=status)


def for_buyers(view: View) -> View:
    """A view for somebody signed in: never cached, outside ATOMIC_REQUESTS; scripts get 401 and the way to sign in.

    The services open their own durable transactions, and what loses a deadlock can only be tried again outside one.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            try:
                return view(request, *args, **kwargs)
            except Busy:
                return _busy(request)
        if not wants_json(request):
            return redirect_to_login(request.get_full_path() if request.method == "GET" else _page(request))
        login = redirect_to_login(_page(request))
        message = _("Please sign in first.")
        return envelope("login_required", message, status=401, data={"login_url": login["Location"]})

    return cast(View, login_not_required(never_cache(transaction.non_atomic_requests(guarded))))


def _busy(request: HttpRequest) -> HttpResponse:
    """Five lost races in the database: nothing was written, and trying again is safe."""
    sentence = _("The shop is very busy. Please try again.")
    if wants_json(request):
        return envelope("busy", sentence, status=503)
    return render(request, "dailyfresh_orders/nothing.html", {"sentence": sentence}, status=503)


def _page(request: HttpRequest) -> str:
    """The page that a form or script was on: where signing in leads back to. Only its path counts, so it stays on this site."""
    page = urlsplit(request.headers.get("Referer", ""))
    path = "/" + page.path.lstrip("/\\")
    return f"{path}?{page.query}" if page.query else path
