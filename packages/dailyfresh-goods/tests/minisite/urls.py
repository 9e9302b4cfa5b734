from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from dailyfresh_goods.sitemaps import SITEMAPS
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path

SITEMAP = {"sitemaps": SITEMAPS}
urlpatterns = [
    path("admin/", admin.site.urls),
    path("goods-shop/", include("dailyfresh_goods.urls")),
    path("sitemap.xml", login_not_required(index), SITEMAP | {"sitemap_url_name": "sitemap"}),
    path("sitemap-<section>.xml", login_not_required(sitemap), SITEMAP, name="sitemap"),
]
