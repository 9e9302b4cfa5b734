"""The admin a merchant works in."""

from .changes import GoodsChangeAdmin
from .goods import GoodsTypeAdmin, SKUAdmin, SPUAdmin
from .home import HomeBannerAdmin, HomeTypeGoodsAdmin, PromotionAdmin
from .pages import StalePageAdmin
from .pictures import PictureAdmin, PictureSourceAdmin
from .prices import PricePlanAdmin

__all__ = [
    "GoodsChangeAdmin",
    "GoodsTypeAdmin",
    "HomeBannerAdmin",
    "HomeTypeGoodsAdmin",
    "PictureAdmin",
    "PictureSourceAdmin",
    "PricePlanAdmin",
    "PromotionAdmin",
    "SKUAdmin",
    "SPUAdmin",
    "StalePageAdmin",
]
