"""The original's pages as students write them: a query for each line, its answers put on the objects for the template."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST
from django_redis import get_redis_connection

from .models import Address, Banner, GoodsSKU, GoodsType, Order, OrderGoods, Promotion, TypeGoods

FREIGHT = 10


def cart_count(request: HttpRequest) -> int:
    if not request.user.is_authenticated:
        return 0
    return int(get_redis_connection().hlen(f"cart_{request.user.id}"))


def home(request: HttpRequest) -> HttpResponse:
    context: dict[str, Any] | None = cache.get("index_page_data")
    if context is None:
        types: Any = GoodsType.objects.all()
        for kind in types:
            kind.pictures = TypeGoods.objects.filter(type=kind, display=1).order_by("index")
            kind.titles = TypeGoods.objects.filter(type=kind, display=0).order_by("index")
        banners, promotions = Banner.objects.order_by("index"), Promotion.objects.order_by("index")
        context = {"types": types, "banners": banners, "promotions": promotions}
        cache.set("index_page_data", context, 3600)
    context["cart_count"] = cart_count(request)
    return render(request, "original/home.html", context)


def goods_list(request: HttpRequest, type_id: int, page: int) -> HttpResponse:
    kind, sort = get_object_or_404(GoodsType, id=type_id), request.GET.get("sort", "default")
    order = {"price": "price", "hot": "-sales"}.get(sort, "-id")
    found = Paginator(GoodsSKU.objects.filter(type=kind).order_by(order), 20)
    page = page if page <= found.num_pages else 1
    context = {
        "type": kind,
        "types": GoodsType.objects.all(),
        "skus": found.page(page),
        "new": GoodsSKU.objects.filter(type=kind).order_by("-created")[:2],
        "cart_count": cart_count(request),
        "pages": list(found.page_range)[max(0, page - 3) : page + 2],
        "sort": sort,
    }
    return render(request, "original/list.html", context)


def detail(request: HttpRequest, sku_id: int) -> HttpResponse:
    sku = get_object_or_404(GoodsSKU, id=sku_id)
    if request.user.is_authenticated:
        history, key = get_redis_connection(), f"history_{request.user.id}"
        history.lrem(key, 0, str(sku_id))
        history.lpush(key, sku_id)
        history.ltrim(key, 0, 4)
    context = {
        "sku": sku,
        "types": GoodsType.objects.all(),
        "comments": OrderGoods.objects.filter(sku=sku).exclude(comment=""),
        "new": GoodsSKU.objects.filter(type=sku.type).order_by("-created")[:2],
        "same": GoodsSKU.objects.filter(goods=sku.goods).exclude(id=sku_id),
        "cart_count": cart_count(request),
    }
    return render(request, "original/detail.html", context)


@require_POST
def add(request: HttpRequest) -> JsonResponse:
    if not request.user.is_authenticated:
        return JsonResponse({"res": 0, "errmsg": "请先登录"})
    try:
        count = int(request.POST["count"])
        sku = GoodsSKU.objects.get(id=request.POST["sku_id"])
    except (KeyError, ValueError):
        return JsonResponse({"res": 1, "errmsg": "数据不完整"})
    except GoodsSKU.DoesNotExist:
        return JsonResponse({"res": 2, "errmsg": "商品不存在"})
    kept, key = get_redis_connection(), f"cart_{request.user.id}"
    if before := kept.hget(key, sku.id):
        count += int(before)
    if count > sku.stock:
        return JsonResponse({"res": 4, "errmsg": "商品库存不足"})
    kept.hset(key, sku.id, count)
    return JsonResponse({"res": 5, "total_count": kept.hlen(key), "message": "添加成功"})


@login_required
def cart(request: HttpRequest) -> HttpResponse:
    skus, total_count, total_price = [], 0, 0
    for sku_id, held in get_redis_connection().hgetall(f"cart_{request.user.id}").items():
        sku: Any = GoodsSKU.objects.get(id=sku_id)
        sku.count = int(held)
        sku.amount = sku.price * sku.count
        skus.append(sku)
        total_count += sku.count
        total_price += sku.amount
    return render(request, "original/cart.html", {"skus": skus, "total_count": total_count, "total_price": total_price})


@require_POST
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    kept, chosen = get_redis_connection(), request.POST.getlist("sku_ids")
    skus, total_count, total_price = [], 0, 0
    for sku_id in chosen:
        sku: Any = GoodsSKU.objects.get(id=sku_id)
        sku.count = int(kept.hget(f"cart_{request.user.id}", sku_id))
        sku.amount = sku.price * sku.count
        skus.append(sku)
        total_count += sku.count
        total_price += sku.amount
    context = {
        "skus": skus,
        "total_count": total_count,
        "total_price": total_price,
        "freight": FREIGHT,
        "total_pay": total_price + FREIGHT,
        "addresses": Address.objects.filter(user=request.user),
        "sku_ids": ",".join(chosen),
    }
    return render(request, "original/confirm.html", context)


@require_POST
@transaction.atomic
def commit(request: HttpRequest) -> JsonResponse:
    """The pessimistic one: each row is locked when the line comes to it."""
    user: Any = request.user
    if not user.is_authenticated:
        return JsonResponse({"res": 0, "errmsg": "用户未登录"})
    try:
        address = Address.objects.get(id=request.POST["addr_id"])
    except Address.DoesNotExist:
        return JsonResponse({"res": 3, "errmsg": "地址非法"})
    kept, key, start = get_redis_connection(), f"cart_{user.id}", transaction.savepoint()
    order = Order.objects.create(
        id=f"{datetime.now():%Y%m%d%H%M%S%f}{user.id}", user=user, address=address,
        pay_method=request.POST["pay_method"], total_count=0, total_price=0, freight=FREIGHT,
    )  # fmt: skip
    total_count = total_price = 0
    chosen = request.POST["sku_ids"].split(",")
    for sku_id in chosen:
        try:
            sku = GoodsSKU.objects.select_for_update().get(id=sku_id)
        except GoodsSKU.DoesNotExist:
            transaction.savepoint_rollback(start)
            return JsonResponse({"res": 4, "errmsg": "商品不存在"})
        count = int(kept.hget(key, sku_id))
        if count > sku.stock:
            transaction.savepoint_rollback(start)
            return JsonResponse({"res": 6, "errmsg": "商品库存不足"})
        OrderGoods.objects.create(order=order, sku=sku, count=count, price=sku.price)
        sku.stock -= count
        sku.sales += count
        sku.save()
        total_count += count
        total_price += count * sku.price
    order.total_count, order.total_price = total_count, total_price
    order.save()
    transaction.savepoint_commit(start)
    kept.hdel(key, *chosen)
    return JsonResponse({"res": 5, "message": "创建成功"})


@login_required
def orders(request: HttpRequest, page: int) -> HttpResponse:
    """Ten orders a page, as ours; the original shows one, and decorates all of them for it."""
    found = Paginator(Order.objects.filter(user=request.user).order_by("-created"), 10)
    shown = found.page(page)
    for order in shown.object_list:
        lines = OrderGoods.objects.filter(order_id=order.id)
        for line in lines:
            line.amount = line.count * line.price
        order.lines = lines
    return render(request, "original/orders.html", {"page": shown, "pages": found.page_range, "current": "order"})
