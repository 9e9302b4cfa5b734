"""What staff see: offers with a form for each kind and a preview, batches of coupons, what was used."""

from . import coupons, rules, uses

__all__ = ["coupons", "rules", "uses"]
