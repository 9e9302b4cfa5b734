"""The catalogue, and the bare views it is measured against."""

import random

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

SIZES = (1024, 6 * 1024, 40 * 1024)
BODIES = {size: random.Random(1).randbytes(size) for size in SIZES}


def bare(request: HttpRequest, size: int) -> HttpResponse:
    """Nothing but the middleware: bytes out of memory."""
    return HttpResponse(BODIES[size])


urlpatterns = [path("bare/<int:size>/", bare), path("", include("dailyfresh_goods.urls"))]
