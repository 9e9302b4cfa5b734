"""The URLs of the store: the packages under the language prefix, what has no language beside them."""

from importlib.util import find_spec

from dailyfresh_core.admin.held import held_back
from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from dailyfresh_goods.sitemaps import SITEMAPS
from dailyfresh_users.views import staff_login
from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import index, sitemap
from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView
from django_fdfs_storage.views import media
from store import views

admin.site.site_header = admin.site.site_title = _("Daily Fresh")

watched = []
if find_spec("prometheus_client"):  # the extra `stack` brings it
    from store import watching

    watched = [path("metrics", watching.metrics), path("metrics/shop", watching.shop_metrics)]

urlpatterns = [
    path("media/<path:name>", media, name="media"),
    path("favicon.ico", views.favicon),
    path("sw.js", views.worker, name="worker"),
    path("healthz", views.health, name="health"),
    path("livez", views.live, name="live"),
    path("startz", views.started, name="started"),
    path("partsz", views.health_of_parts, name="parts"),
    *watched,
    path("robots.txt", views.robots),
]
demo = [path("demo/", include("demo.urls"))] if apps.is_installed("demo") else []
urlpatterns += i18n_patterns(
    *demo,
    path("admin/login/", staff_login),
    path("admin/password_change/", RedirectView.as_view(pattern_name="dailyfresh_users:password_change")),
    path("admin/parts/", views.parts_page, name="parts_page"),
    path("admin/held-back/", held_back, name="held_back"),
    path("admin/", admin.site.urls),
    path(
        "sitemap.xml", views.at_site_url(index), {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap"}, name="sitemaps"
    ),
    path("sitemap-<section>.xml", views.at_site_url(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("", include("store.urls")),
    path("", include("dailyfresh_goods.urls")),
    path("", include("dailyfresh_goods.search.urls")),
    path("user/", include("dailyfresh_users.urls")),
    path("cart/", include("dailyfresh_cart.urls")),
    path("orders/packing/", include("dailyfresh_orders.fulfilment.urls")),
    path("orders/", include("dailyfresh_orders.urls")),
    path("coupons/", include("dailyfresh_promotions.urls")),
    path("delivery/", include("dailyfresh_delivery.urls")),
    prefix_default_language=False,
)
