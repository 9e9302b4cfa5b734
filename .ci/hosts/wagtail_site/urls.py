from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

urlpatterns = [
    path("cms/", include(wagtailadmin_urls)),
    path("cart/", include("dailyfresh_cart.urls")),
    path("orders/", include("dailyfresh_orders.urls")),
    path("", include(wagtail_urls)),
]
