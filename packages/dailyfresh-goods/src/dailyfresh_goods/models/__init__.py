"""The catalogue: types, SPU (what is sold), SKU (the pack that is sold), what the home page shows, its pictures in sizes, files on their way in, wishes, and stale rows."""

from .changes import GoodsChange
from .goods import SKU, SPU, Band, GoodsType, SKUImage, pk_of
from .home import HomeBanner, HomeTypeGoods, Promotion
from .imports import GoodsImport, GoodsImportPiece
from .pictures import PICTURED, Picture, PictureSource, Rendition, key_of
from .prices import PricePlan
from .stale import Follower, Mark, StaleDocument, StalePage
from .wishes import Wish

__all__ = [
    "PICTURED",
    "SKU",
    "SPU",
    "Band",
    "Follower",
    "GoodsChange",
    "GoodsImport",
    "GoodsImportPiece",
    "GoodsType",
    "HomeBanner",
    "HomeTypeGoods",
    "Mark",
    "Picture",
    "PictureSource",
    "PricePlan",
    "Promotion",
    "Rendition",
    "SKUImage",
    "StaleDocument",
    "StalePage",
    "Wish",
    "key_of",
    "pk_of",
]
