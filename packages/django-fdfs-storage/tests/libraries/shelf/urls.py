from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path
from django_fdfs_storage.views import media

urlpatterns = [path("admin/", admin.site.urls), path("media/<path:name>", media)]
if find_spec("photologue"):
    urlpatterns.append(path("photologue/", include("photologue.urls", namespace="photologue")))
if find_spec("wagtail"):
    urlpatterns += [
        path("cms/", include("wagtail.admin.urls")),
        path("documents/", include("wagtail.documents.urls")),
    ]
