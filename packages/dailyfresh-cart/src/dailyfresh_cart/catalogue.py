"""The site's catalogue, as configured."""

from collections.abc import Collection, Mapping

from dailyfresh_core.joins import Join, register
from dailyfresh_core.probing import probe_catalogue
from dailyfresh_core.protocols import Catalogue, Purchasable

from .conf import conf

CATALOGUE = register(Join(conf, "CATALOGUE", Catalogue, "a catalogue"), probe_catalogue)


def catalogue() -> Catalogue:
    """An instance of the class that the setting CATALOGUE names; what it gives is judged (WrongShape)."""
    found: Catalogue = CATALOGUE.made()
    return found


def find_products(sku_ids: Collection[str]) -> Mapping[str, Purchasable]:
    """sku_id -> product, in one statement, or none at all when nothing is asked."""
    return catalogue().find(sku_ids) if sku_ids else {}


def allowed_of(product: Purchasable) -> int:
    """The most pieces one line may hold: what is there, what one buyer may take, MAX_QUANTITY."""
    if not product.on_sale:
        return 0
    bounds = (product.available, product.limit, conf.MAX_QUANTITY)
    return max(0, min(bound for bound in bounds if bound is not None))
