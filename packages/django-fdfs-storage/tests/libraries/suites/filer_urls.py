from django.contrib import admin
from django.urls import include, path
from django_fdfs_storage.views import media

urlpatterns = [
    path("admin/", admin.site.urls),
    path("media/<path:name>", media),
    path("filer/", include("filer.urls")),
    path("", include("filer.server.urls")),
]
