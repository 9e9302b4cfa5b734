"""The admin a merchant works in."""

from .goods import GoodsTypeAdmin, SKUAdmin, SPUAdmin
from .home import HomeBannerAdmin, HomeTypeGoodsAdmin, PromotionAdmin

__all__ = ["GoodsTypeAdmin", "HomeBannerAdmin", "HomeTypeGoodsAdmin", "PromotionAdmin", "SKUAdmin", "SPUAdmin"]
