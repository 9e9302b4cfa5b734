from types import SimpleNamespace

from .models import BookPage, Place


class Catalogue:
    def find(self, sku_ids):
        wanted = {sku_id for sku_id in sku_ids if sku_id.isdecimal() and len(sku_id) < 19}
        pages = BookPage.objects.filter(pk__in=wanted)
        return {str(page.pk): self.purchasable(page) for page in pages if str(page.pk) in wanted}

    def purchasable(self, page):
        return SimpleNamespace(
            sku_id=str(page.pk), name=page.title, unit_price=page.price, unit="copy", image_name="", image_url="",
            url=f"/{page.slug}/", on_sale=page.live, available=page.copies, limit=None, requires_shipping=True,
        )  # fmt: skip


class AddressBook:
    def choices(self, user):
        return [self.address(place) for place in Place.objects.filter(user=user).order_by("pk")]

    def get(self, user, address_id):
        return next((each for each in self.choices(user) if each.id == address_id), None)

    def manage_url(self, next):
        return "/places/"

    def address(self, place):
        return SimpleNamespace(
            id=str(place.pk), receiver=place.receiver, phone="1", province_code="", province="", city="Dublin",
            district="", street=place.street, postcode="",
        )  # fmt: skip
