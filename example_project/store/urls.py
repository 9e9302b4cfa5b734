from django.urls import path

from . import views

app_name = "store"
urlpatterns = [
    path("visitor/", views.visitor, name="visitor"),
    path("about/", views.about, name="about"),
    path("terms/", views.terms, name="terms"),
    path("privacy/", views.privacy, name="privacy"),
    path("kit/", views.kit, name="kit"),
]
