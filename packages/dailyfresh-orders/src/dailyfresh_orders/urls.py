from django.urls import path

from .views import checkout, orders, reviews

app_name = "dailyfresh_orders"

urlpatterns = [
    path("confirm/", checkout.confirm, name="confirm"),
    path("quote/", checkout.requote, name="quote"),
    path("place/", checkout.place, name="place"),
    path("", orders.order_list, name="list"),
    path("reviews/<str:sku_id>/", reviews.sku_reviews, name="reviews"),
    path("<slug:number>/", orders.order_detail, name="detail"),
    path("<slug:number>/cancel/", orders.cancel, name="cancel"),
    path("<slug:number>/receive/", orders.confirm_receipt, name="receive"),
    path("<slug:number>/again/", orders.buy_again, name="buy_again"),
    path("<slug:number>/review/", reviews.review, name="review"),
]
