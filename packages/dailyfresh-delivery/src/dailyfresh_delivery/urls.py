from django.urls import path

from . import views

app_name = "dailyfresh_delivery"
urlpatterns = [path("", views.areas, name="areas")]
