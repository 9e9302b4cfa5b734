import till
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path


@login_required
def song(request, pk):
    return HttpResponse(f"the file of {get_object_or_404(request.user.downloads, pk=pk)}")


urlpatterns = [
    path("admin/", admin.site.urls),
    path("songs/<uuid:pk>/", song),
    path("till/", till.page),
    path("cart/", include("dailyfresh_cart.urls")),
    path("coupons/", include("dailyfresh_promotions.urls")),
    path("orders/", include("dailyfresh_orders.urls")),
]
