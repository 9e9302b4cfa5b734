from django.urls import include, path
from django_fdfs_storage.views import media

files = [
    path("media/<path:name>", media, name="media"),
    path("bills/<path:name>", media, {"storage": "bills"}, name="bills"),
]
urlpatterns = [path("site/", include((files, "files")))]
