"""Rules with their limits, batches of coupons, and what was used of both."""

from .coupons import Batch, BatchCount, Coupon, Issue
from .rules import Limit, Rule
from .uses import Redemption

__all__ = ["Batch", "BatchCount", "Coupon", "Issue", "Limit", "Redemption", "Rule"]
