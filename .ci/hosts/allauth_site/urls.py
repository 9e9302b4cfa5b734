from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("users/", include("dailyfresh_users.urls")),
    path("cart/", include("dailyfresh_cart.urls")),
    path("orders/", include("dailyfresh_orders.urls")),
]
