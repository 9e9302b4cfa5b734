from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("boss/packing/", include("dailyfresh_orders.fulfilment.urls", namespace="dailyfresh_fulfilment")),
    path("boss/", admin.site.urls),
    path("shop/orders/", include("dailyfresh_orders.urls", namespace="dailyfresh_orders")),
]
