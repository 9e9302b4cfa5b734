from types import SimpleNamespace

from .models import Tin


class Catalogue:
    def find(self, sku_ids):
        wanted = set(sku_ids)
        return {tin.code: self.purchasable(tin) for tin in Tin.objects.filter(code__in=wanted) if tin.code in wanted}

    def purchasable(self, tin):
        return SimpleNamespace(
            sku_id=tin.code, name=f"Tin {tin.code}", unit_price=tin.price, unit="tin", image_name="", image_url="",
            url="", on_sale=True, available=tin.left, limit=None, requires_shipping=True,
        )  # fmt: skip
