"""Rules with their limits, batches of coupons, and what was used of both."""

from .coupons import Batch, BatchCount, Coupon, Issue
from .rules import Budget, FlashItem, Rule
from .uses import Redemption

__all__ = ["Batch", "BatchCount", "Budget", "Coupon", "FlashItem", "Issue", "Redemption", "Rule"]
