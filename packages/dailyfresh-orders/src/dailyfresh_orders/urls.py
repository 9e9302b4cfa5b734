from django.urls import path

from .views import checkout, finding, invoices, messages, orders, payments, refunds, rescheduling, reviews

app_name = "dailyfresh_orders"

urlpatterns = [
    path("", orders.order_list, name="list"),
    path("confirm/", checkout.confirm, name="confirm"),
    path("quote/", checkout.requote, name="quote"),
    path("place/", checkout.place, name="place"),
    path("pay/", payments.pay, name="pay"),
    path("pay/query/", payments.pay_query, name="pay_query"),
    path("pay/alipay/return/", payments.gateway_return, {"code": "alipay"}, name="alipay_return"),
    path("pay/alipay/notify/", payments.gateway_notify, {"code": "alipay"}, name="alipay_notify"),
    path("pay/<slug:code>/return/", payments.gateway_return, name="gateway_return"),
    path("pay/<slug:code>/notify/", payments.gateway_notify, name="gateway_notify"),
    path("messages/", messages.message_list, name="messages"),
    path("messages/read/", messages.read_all, name="messages_read"),
    path("messages/choices/", messages.choices, name="message_choices"),
    path("messages/<int:pk>/", messages.open_message, name="message"),
    path("invoices/", invoices.invoice_titles, name="invoices"),
    path("invoices/<int:pk>/remove/", invoices.invoice_title_remove, name="invoice_remove"),
    path("find/", finding.find, name="find"),
    path("find/<slug:number>/", finding.found, name="found"),
    path("reviews/", reviews.my_reviews, name="my_reviews"),
    path("reviews/<str:sku_id>/", reviews.sku_reviews, name="reviews"),
    path("<slug:number>/", orders.order_detail, name="detail"),
    path("<slug:number>/pay/", payments.pay_wait, name="pay_wait"),
    path("<slug:number>/pay/otherwise/", payments.pay_otherwise, name="pay_otherwise"),
    path("<slug:number>/cancel/", orders.cancel, name="cancel"),
    path("<slug:number>/receive/", orders.confirm_receipt, name="receive"),
    path("<slug:number>/time/", rescheduling.another_time, name="another_time"),
    path("<slug:number>/again/", orders.buy_again, name="buy_again"),
    path("<slug:number>/review/", reviews.review, name="review"),
    path("<slug:number>/refund/", refunds.refund_request, name="refund_request"),
    path("<slug:number>/refund/<int:pk>/withdraw/", refunds.refund_withdraw, name="refund_withdraw"),
]
