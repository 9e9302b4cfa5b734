from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("goods-shop/", include("dailyfresh_goods.urls")),
    path("goods-shop/", include("dailyfresh_goods.search.urls")),
    # A browser asks for it by itself, and would call its absence an error.
    path("favicon.ico", login_not_required(lambda _request: HttpResponse(status=204))),
]


def strict_policy(get_response):
    """A content policy that lets nothing inline run or shine."""

    def answer(request):
        response = get_response(request)
        response["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
        )
        return response

    return answer
