"""The catalogue: types, SPU (what is sold), SKU (the pack that is sold), what the home page shows, files on their way in, and stale rows."""

from .goods import SKU, SPU, Band, GoodsType, SKUImage, pk_of
from .home import HomeBanner, HomeTypeGoods, Promotion
from .imports import GoodsImport, GoodsImportPiece
from .stale import StaleDocument, StalePage

__all__ = [
    "SKU",
    "SPU",
    "Band",
    "GoodsImport",
    "GoodsImportPiece",
    "GoodsType",
    "HomeBanner",
    "HomeTypeGoods",
    "Promotion",
    "SKUImage",
    "StaleDocument",
    "StalePage",
    "pk_of",
]
