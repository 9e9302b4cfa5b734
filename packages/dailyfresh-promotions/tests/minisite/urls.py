from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "minisite/page.html")


urlpatterns = [
    path("coupons/", include("dailyfresh_promotions.urls")),
    path("sign-in/", LoginView.as_view(template_name="minisite/page.html"), name="sign_in"),
    path("admin/", admin.site.urls),
    path("", page, name="home"),
]
