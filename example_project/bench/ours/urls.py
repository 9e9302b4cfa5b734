"""The store's pages, and what its middleware costs by itself."""

from config.urls import *  # noqa: F403
from config.urls import urlpatterns
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"." * 1024


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


@login_not_required
def who(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(request.user.pk))


@login_not_required
def read(request: HttpRequest) -> HttpResponse:
    """Rows that MariaDB has read for this process."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Handler_read%'")
        return HttpResponse(str(sum(int(number) for _name, number in cursor.fetchall())))


urlpatterns = [
    path("bench/bare/", bare), path("bench/who/", who), path("bench/read/", read), *urlpatterns
]  # fmt: skip
