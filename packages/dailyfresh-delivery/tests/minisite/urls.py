from dailyfresh_core.http.errors import handler400, handler403, handler404, handler500  # noqa: F401
from django.contrib import admin
from django.urls import include, path

urlpatterns = [path("admin/", admin.site.urls), path("where/", include("dailyfresh_delivery.urls"))]
