from django.urls import URLPattern, path

from . import views

app_name = "dailyfresh_cart"
urlpatterns: list[URLPattern] = [
    path("", views.cart, name="cart"),
    path("add/", views.add, name="add"),
    path("add/<path:sku_id>/", views.add_page, name="add_page"),
    path("set/", views.set_, name="set"),
    path("remove/", views.remove, name="remove"),
    path("restore/", views.restore, name="restore"),
    path("select/", views.select, name="select"),
    path("clear-invalid/", views.clear_invalid, name="clear_invalid"),
    path("update/", views.update, name="update"),
    path("lines/", views.lines, name="lines"),
    path("mini/", views.mini, name="mini"),
    path("count/", views.count, name="count"),
    path("visitor/", views.visitor, name="visitor"),
]
