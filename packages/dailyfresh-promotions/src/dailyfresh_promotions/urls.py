from django.urls import URLPattern, path

from . import views

app_name = "dailyfresh_promotions"
urlpatterns: list[URLPattern] = [
    path("", views.centre, name="centre"),
    path("mine/", views.wallet, name="wallet"),
    path("code/", views.code, name="code"),
    path("on/", views.on_products, name="on_products"),
    path("clock/", views.clock, name="clock"),
    path("<int:pk>/claim/", views.claim, name="claim"),
]
