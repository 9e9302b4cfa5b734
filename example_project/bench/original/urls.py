from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("list/<int:type_id>/<int:page>", views.goods_list, name="list"),
    path("goods/<int:sku_id>", views.detail, name="detail"),
    path("cart/", views.cart, name="cart"),
    path("cart/add", views.add, name="add"),
    path("order/place", views.confirm, name="confirm"),
    path("order/commit", views.commit, name="commit"),
    path("user/order/<int:page>", views.orders, name="orders"),
    path("user/", views.orders, {"page": 1}, name="user"),
    path("user/login", views.orders, {"page": 1}, name="login"),
    path("user/register", views.orders, {"page": 1}, name="register"),
    path("user/logout", views.orders, {"page": 1}, name="logout"),
    path("user/address", views.orders, {"page": 1}, name="address"),
]
