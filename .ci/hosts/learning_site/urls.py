import till
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("enter/", LoginView.as_view(template_name="enter.html"), name="login"),
    path("till/", login_not_required(till.page)),
    path("cart/", include("dailyfresh_cart.urls")),
    path("orders/", include("dailyfresh_orders.urls")),
]
