from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path


@login_not_required
def page(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return render(request, "minisite/page.html")


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    """A page of the site's own, that knows nothing of the cart's frame."""
    return render(request, "minisite/bare.html")


urlpatterns = [
    path("shop/basket/", include("dailyfresh_cart.urls")),
    path("checkout/", page, name="checkout"),
    path("books/<int:pk>/", page, name="book"),
    path("sign-in/", LoginView.as_view(template_name="minisite/page.html"), name="sign_in"),
    path("bare/", bare, name="bare"),
    path("", page, name="home"),
]
