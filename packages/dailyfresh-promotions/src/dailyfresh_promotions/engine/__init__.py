"""What a basket costs under its rules: pure functions over whole coins, without a query, a clock or a float."""

from .benefits import Benefit, Bundle, Cheapest, Each, Flash, FreeFreight, Off, Percent, Prices, Step
from .book import Book, Meant
from .lines import EVERY_DAY, Line, Schedule, Scope
from .pricing import AUTO, NO_COUPON, Chosen, Priced, price
from .rules import Coupon, Cut, Reason, Rule

__all__ = [
    "AUTO",
    "EVERY_DAY",
    "NO_COUPON",
    "Benefit",
    "Book",
    "Bundle",
    "Cheapest",
    "Chosen",
    "Coupon",
    "Cut",
    "Each",
    "Flash",
    "FreeFreight",
    "Line",
    "Meant",
    "Off",
    "Percent",
    "Priced",
    "Prices",
    "Reason",
    "Rule",
    "Schedule",
    "Scope",
    "Step",
    "price",
]
