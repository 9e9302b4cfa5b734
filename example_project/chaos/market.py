"""The shop's side: `python -m chaos.market prepare N` opens N accounts and fills the shelves, `… serve` ships and pays back."""

import json
import logging
import secrets
import sys
import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

import django

PIECES = 100_000
ADDRESS = {
    "receiver": "林晓禾",
    "phone": "13800138000",
    "district_code": "110108",
    "street": "中关村大街 27 号",
    "postcode": "100080",
}


def prepare(number: int) -> None:
    """Accounts with an address; the same stock of everything on sale, and vans for all of it, without limits.

    Says, as JSON, the names, and the stock with what orders hold of it.
    """
    from dailyfresh_delivery.models import Pattern, Slot
    from dailyfresh_goods.models import SKU
    from dailyfresh_users.models import Registration
    from dailyfresh_users.services import add_address
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from .books import taken
    from .buyer import PASSWORD

    names = [f"chaos-{secrets.token_hex(3)}-{each}" for each in range(number)]
    for name in names:
        user = get_user_model().objects.create_user(name, f"{name}@chaos.example", PASSWORD)
        Registration.objects.create(user=user, email_key=user.email, activated_at=timezone.now())
        add_address(user=user, values=ADDRESS, make_default=True)
    SKU.objects.filter(on_sale=True).update(stock=PIECES)
    SKU.objects.filter(on_sale=True).exclude(limit=None).update(limit=None)
    for room in (Pattern, Slot):  # forty orders fill a van of the demo, and nobody would buy any more
        room.objects.update(capacity=PIECES, capacity_grams=None)
    so_far = taken()
    pks = SKU.objects.filter(on_sale=True).values_list("pk", flat=True)
    sys.stdout.write(json.dumps({"names": names, "stock": {str(pk): PIECES + so_far[str(pk)] for pk in pks}}))


def serve() -> None:
    """Ship what was sold a while ago and grant what is asked back, until the process is ended; what fails is tried again."""
    from dailyfresh_orders.models import Refund
    from dailyfresh_orders.services import approve_refund
    from django.contrib.auth import get_user_model

    while True:
        try:
            merchant = get_user_model().objects.filter(is_superuser=True).first()
            for refund in Refund.objects.filter(state=Refund.State.ASKED):
                approve_refund(refund, by=merchant, goods=Refund.Goods.RESTOCK)
            ship_some(merchant)
        except (TypeError, AttributeError, NameError):
            raise  # a fault of this script, not of what is broken
        except Exception as error:  # noqa: BLE001 - whatever is broken on purpose now
            logging.getLogger(__name__).warning("the merchant waits: %s", error)
            django.db.close_old_connections()
        time.sleep(1)


def ship_some(merchant: Any) -> None:
    """Five parcels; those that are asked back stay here."""
    from dailyfresh_orders.exceptions import IllegalTransition
    from dailyfresh_orders.models import Order
    from dailyfresh_orders.services import ship
    from django.utils import timezone

    sold = Order.objects.filter(state=Order.State.TO_SHIP, sold_at__lte=timezone.now() - timedelta(seconds=5))
    for pk in list(sold.order_by("?").values_list("pk", flat=True)[:5]):
        with suppress(IllegalTransition):
            ship(pk, carrier="顺丰速运", tracking_number=f"SF{pk}", by=merchant)


if __name__ == "__main__":
    django.setup()
    prepare(int(sys.argv[2])) if sys.argv[1] == "prepare" else serve()
