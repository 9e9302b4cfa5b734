from collections.abc import Callable

from dailyfresh_core.http.answers import envelope, safe_next, signed_in, wants_json
from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


@login_not_required
def asked(request: HttpRequest) -> HttpResponse:
    """Says who asks."""
    return HttpResponse("script" if wants_json(request) else "page")


@signed_in
def mine(request: HttpRequest, there: str = "") -> HttpResponse:
    if there == "gone":
        raise Http404
    return envelope({"name": request.user.get_username()})


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "minisite/page.html", {"jquery_url": "dailyfresh_core/vendor/jquery-4.0.0.min.js"})


@login_not_required
def after(request: HttpRequest) -> HttpResponse:
    return HttpResponse(safe_next(request, default="nowhere"))


FAULTS: dict[str, Exception] = {}
"""Where it is raised (view, middleware) -> what."""


@login_not_required
def faulty(request: HttpRequest) -> HttpResponse:
    """Fails as the test says."""
    if "view" in FAULTS:
        raise FAULTS["view"]
    return HttpResponse("well")


def failing(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """As a session that cannot be saved."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "middleware" in FAULTS:
            raise FAULTS["middleware"]
        return response

    return middleware


urlpatterns = [
    path("asked/", asked, name="asked"),
    path("mine/", mine),
    path("mine/<there>/", mine),
    path("page/", page),
    path("after/", after),
    path("faulty/", faulty),
]
