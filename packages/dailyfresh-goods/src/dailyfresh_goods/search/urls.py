"""The addresses of the search."""

from django.urls import path

from . import views

app_name = "dailyfresh_search"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("search/clicked/", views.clicked, name="clicked"),
]
