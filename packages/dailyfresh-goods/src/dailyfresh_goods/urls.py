"""The addresses of the catalogue; the pages under them are the same for every visitor."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from . import views


class Number(IntConverter):
    """A number as we write it: /goods/007/ would be the page of /goods/7/ under a second address."""

    regex = "0|[1-9][0-9]*"


register_converter(Number, "dailyfresh_goods_number")

app_name = "dailyfresh_goods"
urlpatterns = [
    path("", views.home, name="home"),
    path("list/<slug:slug>/", views.list_page, name="list"),
    path("list/<slug:slug>/new/", views.new_goods, name="new_goods"),
    path("list/<slug:slug>/<slug:sort>/<dailyfresh_goods_number:page>/", views.list_page, name="list_page"),
    path("goods/<dailyfresh_goods_number:pk>/", views.detail, name="detail"),
    path("stock/", views.stock, name="stock"),
    path("wishes/", views.wishes, name="wishes"),
    path("wishes/<slug:kind>/<dailyfresh_goods_number:pk>/", views.wish, name="wish"),
    path("visitor/", views.visitor, name="visitor"),
]
