from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("goods-shop/", include("dailyfresh_goods.urls")),
    path("goods-shop/", include("dailyfresh_goods.search.urls")),
]
