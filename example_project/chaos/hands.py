"""The shop's side of `chaos.crowd`: `python -m chaos.hands prepare N WHAT` opens accounts, `… stock SKU` says what is left and held."""

import json
import secrets
import sys
from typing import Any

import django

from .market import ADDRESS

PIECES = 290


def prepare(number: int, what: str) -> dict[str, Any]:
    """Accounts that are signed in in a browser; `reviews`: each with an order that arrived. 290 pieces of everything."""
    from dailyfresh_goods.models import SKU

    SKU.objects.filter(on_sale=True).update(stock=PIECES)
    skus = [str(pk) for pk in SKU.objects.filter(on_sale=True).order_by("pk").values_list("pk", flat=True)]
    accounts = [account(f"crowd-{secrets.token_hex(4)}") for _ in range(number)]
    for each in accounts:
        user = each.pop("user")
        if what == "reviews":
            each |= arrived(user, skus[-1])
    return {"skus": skus, "accounts": accounts}


def account(name: str) -> dict[str, Any]:
    from dailyfresh_users.models import Registration
    from dailyfresh_users.services import add_address
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.utils import timezone

    user = get_user_model().objects.create_user(name, f"{name}@crowd.example")
    Registration.objects.create(user=user, email_key=user.email, activated_at=timezone.now())
    add_address(user=user, values=ADDRESS, make_default=True)
    client = Client()
    client.force_login(user)
    key = settings.SESSION_COOKIE_NAME
    return {"user": user, "cookie": [key, client.cookies[key].value]}


def arrived(user: Any, sku: str) -> dict[str, Any]:
    from dailyfresh_orders.checkout.quotes import BUY, quote
    from dailyfresh_orders.checkout.signed_quotes import signed
    from dailyfresh_orders.models import Order
    from dailyfresh_orders.services import place_order
    from dailyfresh_users.addresses import AddressBook

    address = AddressBook().choices(user)[0]
    token = signed(quote({sku: 1}, source=BUY, address=address), user=user)
    order = place_order(user=user, token=token, address_id=address.id, payment_method="cod").order
    Order.objects.filter(pk=order.pk).update(state=Order.State.RECEIVED)
    return {"order": order.number, "line": order.lines.get().pk}


def stock(sku: str) -> dict[str, Any]:
    from dailyfresh_goods.models import SKU
    from dailyfresh_orders.models import Order, OrderLine
    from django.conf import settings
    from django.db.models import Count, Sum
    from redis import Redis

    held = OrderLine.objects.filter(sku_id=sku, order__user__username__startswith="crowd-")
    waiting = held.filter(order__state=Order.State.AWAITING_PAYMENT)
    buyers = held.values("order__user").annotate(n=Count("pk")).order_by("-n")
    carts = Redis.from_url(settings.REDIS_URL)
    return {
        "stock": SKU.objects.get(pk=sku).stock,
        "pieces ordered": held.aggregate(n=Sum("quantity"))["n"],
        "of them unpaid": waiting.aggregate(n=Sum("quantity"))["n"],
        "most orders of one buyer": buyers[0]["n"] if buyers else 0,
        "carts": carts.dbsize(),
        "Redis MB": round(carts.info("memory")["used_memory"] / 2**20, 1),
    }


if __name__ == "__main__":
    django.setup()
    done = prepare(int(sys.argv[2]), sys.argv[3]) if sys.argv[1] == "prepare" else stock(sys.argv[2])
    sys.stdout.write(json.dumps(done))
