from django.urls import include, path
from django_fdfs_storage.views import media

urlpatterns = [path("site/", include(([path("media/<path:name>", media, name="media")], "files")))]
