"""The site's catalogue, as configured."""

from collections.abc import Collection, Mapping

from dailyfresh_core.joins import Join, register
from dailyfresh_core.pricing.measures import MOST_GRAMS, WEIGHT, measure_of, typed, within
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


def is_limited(product: Purchasable) -> bool:
    """Whether it is not the stock that bounds a line but what one buyer may take."""
    return product.available is None or allowed_of(product) != within(product.available, measure_of(product))


def allowed_of(product: Purchasable) -> int:
    """The most one line may hold, in steps: what is there, what one buyer may take, MAX_QUANTITY pieces."""
    measure = measure_of(product)
    most = MOST_GRAMS if measure.sold_by == WEIGHT else conf.MAX_QUANTITY
    bounds = (product.available, product.limit, most)
    bound = min(bound for bound in bounds if bound is not None) if product.on_sale else 0
    return typed(within(bound, measure), measure)
