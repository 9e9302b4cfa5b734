"""How this site joins its own shop to the package: ten lines for each protocol."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from .models import InBasket, Place, Product, Settled, Tin


@dataclass(frozen=True)
class Item:
    sku_id: str
    name: str
    unit_price: Decimal
    available: int | None
    on_sale: bool
    limit: int | None
    unit: str = "500g"
    image_name: str = "apple.png"
    image_url: str = "/media/apple.png"
    url: str = "/apple/"
    requires_shipping: bool = True


class Catalogue:
    def find(self, sku_ids):
        keys = [int(each) for each in sku_ids if each.isdigit() and str(int(each)) == each and len(each) < 19]
        return {
            str(p.pk): Item(str(p.pk), p.title, p.yuan, p.pieces, p.for_sale, p.most)
            for p in Product.objects.filter(pk__in=keys)
        }

    def similar(self, sku_id):
        others = Product.objects.exclude(pk=sku_id).filter(pieces__gt=0).order_by("yuan").values_list("pk", flat=True)
        return list(self.find([str(pk) for pk in others]).values())


class Talents:
    """What is no parcel: sold under words, and but for the ticket without limit."""

    def find(self, sku_ids):
        sold = [
            Item(
                "course", "A course", Decimal("200.00"), None, True, 1, unit="", image_name="", requires_shipping=False
            ),
            Item("download", "A song", Decimal("1.50"), None, True, None, unit="MP3", requires_shipping=False),
            Item("hour", "An hour of repairs", Decimal("60.00"), None, True, None, unit="h", requires_shipping=False),
            Item("free", "A sample", Decimal("0.00"), None, True, 1, requires_shipping=False),
        ]
        tickets = [
            Item(tin.code, "A ticket", Decimal("35.00"), tin.left, True, 4, requires_shipping=False)
            for tin in Tin.objects.filter(code__in=list(sku_ids))
        ]
        goods = {item.sku_id: item for item in [*sold, *tickets]} | Catalogue().find(sku_ids)
        return {sku_id: goods[sku_id] for sku_id in sku_ids if sku_id in goods}


class Basket:
    def lines(self, user, sku_ids=None):
        rows = InBasket.objects.filter(user=user).order_by("pk")
        return {row.sku_id: row.quantity for row in rows if sku_ids is None or row.sku_id in list(sku_ids)}

    def settle(self, user, ordered, reference):
        with transaction.atomic():
            if not Settled.objects.get_or_create(reference=reference)[1]:
                return
            for row in InBasket.objects.filter(user=user, sku_id__in=ordered):
                row.quantity = max(0, row.quantity - ordered[row.sku_id])
                row.save() if row.quantity else row.delete()

    def add(self, user, quantities):
        for sku_id, quantity in quantities.items():
            row = InBasket.objects.filter(user=user, sku_id=sku_id).first() or InBasket(
                user=user, sku_id=sku_id, quantity=0
            )
            row.quantity += quantity
            row.save()


@dataclass(frozen=True)
class Address:
    id: str
    receiver: str
    province_code: str
    phone: str = "13800006021"
    province: str = "北京市"
    city: str = "北京市"
    district: str = "海淀区"
    street: str = "科育南路 2 号"
    postcode: str = "100190"
    district_code: str = "110108"


class AddressBook:
    def choices(self, user):
        return [Address(str(p.pk), p.receiver, p.province_code) for p in Place.objects.filter(user=user).order_by("pk")]

    def get(self, user, address_id):
        return next((each for each in self.choices(user) if each.id == address_id), None)

    def manage_url(self, next):
        return f"/addresses/?next={next}"
