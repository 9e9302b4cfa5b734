from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def private(request: HttpRequest) -> HttpResponse:
    """A page of another app, behind LoginRequiredMiddleware."""
    return HttpResponse(f"hello {request.user}")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("members/only/", private, name="private"),
    path("shop/account/", include("dailyfresh_users.urls")),
]
