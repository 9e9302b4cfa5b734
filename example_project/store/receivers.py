"""What one package tells another: the only place where the store joins them by signals."""

from collections.abc import Iterable, Mapping
from typing import Any

from dailyfresh_cart import services as cart
from dailyfresh_cart.selectors import cart_of
from dailyfresh_cart.stores.base import user_owner
from dailyfresh_goods import services as goods
from dailyfresh_goods.catalogue import Catalogue
from dailyfresh_goods.models import Wish
from dailyfresh_goods.pages.keys import SITE
from dailyfresh_goods.selectors import history_of
from dailyfresh_goods.signals import back_in_stock
from dailyfresh_orders.selectors import orders_of
from dailyfresh_orders.services import adopt, anonymise, tell_back_in_stock
from dailyfresh_orders.signals import review_published, stock_changed
from dailyfresh_promotions import services as promotions
from dailyfresh_promotions.models import Coupon
from dailyfresh_promotions.signals import offers_changed
from dailyfresh_users.signals import account_erased, account_erasing, account_exporting, guest_joined
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest


@receiver(stock_changed, dispatch_uid="store.stock_changed")
def mark_stock(sku_ids: Iterable[str], **_: Any) -> None:
    """Pages show whether goods are in stock.

    The orders lock the stock last, so its new value is there only after the commit. Should the process die in
    between, the band no longer fits the stock, and `dailyfresh_goods.tasks.heal_bands` finds that row.
    """
    changed = list(sku_ids)
    transaction.on_commit(lambda: goods.mark_stock_changed(sku_ids=changed), robust=True)


@receiver(back_in_stock, dispatch_uid="store.back_in_stock")
def tell_who_waits(sku_id: str, name: str, people: Mapping[Any, str], **_: Any) -> None:
    """The orders' messages bring it, in the shop and by mail, as each person chose."""
    tell_back_in_stock(sku_id=sku_id, name=name, people=people)


@receiver(offers_changed, dispatch_uid="store.offers_changed")
def mark_offers(sku_ids: list[str] | None, **_: Any) -> None:
    """Cards and details name the offers that hold for everybody."""
    if sku_ids is None:
        goods.mark([SITE])
    else:
        goods.mark_stale(sku_ids=sku_ids)


@receiver(review_published, dispatch_uid="store.review_published")
def mark_rating(sku_id: str, **_: Any) -> None:
    """Pages show the stars and the reviews."""
    goods.mark_stale(sku_ids=[sku_id])


@receiver(guest_joined, dispatch_uid="store.guest_joined")
def bring_along(guest: Any, user: Any, **_: Any) -> None:
    """What a guest ordered and has in the cart is the account's that signs in there."""
    adopt(guest=guest, user=user)
    cart.merge(guest=user_owner(guest), user=user_owner(user))


@receiver(account_erasing, dispatch_uid="store.account_erasing")
def forget_person(user: Any, **_: Any) -> None:
    """Orders and reviews go on without the name; coupons are void, and what was used of offers stays counted."""
    anonymise(user=user)
    promotions.forget(user)


@receiver(account_erased, dispatch_uid="store.account_erased")
def forget_account(user_id: str, **_: Any) -> None:
    """What Redis holds of a person: no rollback would bring it back, and erasing does not wait for it."""
    cart.forget(user_id=user_id)
    goods.forget_history(user_id=user_id)


@receiver(account_exporting, dispatch_uid="store.account_exporting")
def add_what_the_shop_knows(user: Any, **_: Any) -> dict[str, Any]:
    """A person's data holds the cart, the goods viewed last and the orders too."""
    viewed = history_of(str(user.pk))
    names = {sku_id: goods.name for sku_id, goods in Catalogue().find(viewed).items()}
    return {
        "cart": [
            {
                "sku_id": line.sku_id,
                "name": line.product and line.product.name,
                "quantity": line.quantity,
                "unit_price_when_added": line.added_price and str(line.added_price),
            }
            for line in cart_of(user_owner(user)).lines
        ],
        "wishes": [
            {"kind": wish.kind, "sku_id": str(wish.sku_id), "name": wish.sku.name, "since": wish.made_at.isoformat()}
            for wish in Wish.objects.filter(user=user).select_related("sku").order_by("pk")
        ],
        "viewed": [{"sku_id": sku_id, "name": names.get(sku_id)} for sku_id in viewed],
        "orders": [
            {
                "number": order.number,
                "state": order.state,
                "placed_at": order.placed_at.isoformat(),
                "total": str(order.payable),
                "address": [order.receiver, order.phone, order.province, order.city, order.district, order.street],
                "lines": [[line.sku_id, line.name, str(line.unit_price), line.quantity] for line in order.lines.all()],
            }
            for order in orders_of(user)
        ],
        "coupons": [
            {
                "number": coupon.number,
                "state": coupon.state,
                "issued_at": coupon.issued_at.isoformat(),
                "order": coupon.reference,
            }
            for coupon in Coupon.objects.filter(user=user)
        ],
    }


@receiver(user_logged_in, dispatch_uid="store.merge_history")
def keep_history(request: HttpRequest | None = None, user: Any = None, **_: Any) -> None:
    """What a guest looked at stays known after signing in; the cart merges itself."""
    if request is not None and hasattr(request, "session"):
        goods.merge_history(session=request.session, user_id=str(user.pk))
