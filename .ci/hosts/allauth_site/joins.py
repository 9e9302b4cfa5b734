from types import SimpleNamespace

from .models import Book


class Catalogue:
    def find(self, sku_ids):
        wanted = {sku_id for sku_id in sku_ids if sku_id.isdecimal() and len(sku_id) < 19}
        books = Book.objects.filter(pk__in=wanted)
        return {str(book.pk): self.purchasable(book) for book in books if str(book.pk) in wanted}

    def purchasable(self, book):
        return SimpleNamespace(
            sku_id=str(book.pk), name=book.title, unit_price=book.price, unit="copy", image_name="", image_url="",
            url="", on_sale=True, available=book.copies, limit=None, requires_shipping=True,
        )  # fmt: skip
