"""The catalogue: types, SPU (what is sold), SKU (the pack that is sold), what the home page shows, and stale rows."""

from .goods import SKU, SPU, Band, GoodsType, SKUImage, pk_of
from .home import HomeBanner, HomeTypeGoods, Promotion
from .stale import StaleDocument, StalePage

__all__ = [
    "SKU",
    "SPU",
    "Band",
    "GoodsType",
    "HomeBanner",
    "HomeTypeGoods",
    "Promotion",
    "SKUImage",
    "StaleDocument",
    "StalePage",
    "pk_of",
]
