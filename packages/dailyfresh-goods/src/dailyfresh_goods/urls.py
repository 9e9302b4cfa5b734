"""The addresses of the catalogue; the pages under them are the same for every visitor."""

from django.urls import path

from . import views

app_name = "dailyfresh_goods"
urlpatterns = [
    path("", views.home, name="home"),
    path("list/<slug:slug>/", views.list_page, name="list"),
    path("list/<slug:slug>/new/", views.new_goods, name="new_goods"),
    path("list/<slug:slug>/<slug:sort>/<int:page>/", views.list_page, name="list_page"),
    path("goods/<int:pk>/", views.detail, name="detail"),
    path("stock/", views.stock, name="stock"),
    path("visitor/", views.visitor, name="visitor"),
]
