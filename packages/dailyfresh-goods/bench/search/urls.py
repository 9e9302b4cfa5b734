from django.urls import include, path

urlpatterns = [path("", include("dailyfresh_goods.urls")), path("", include("dailyfresh_goods.search.urls"))]
