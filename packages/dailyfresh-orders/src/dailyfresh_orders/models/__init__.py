from .order import Order, OrderLine, OrderLog
from .review import Review, ReviewPicture
from .sales import SalesDay, SalesDaySku

__all__ = ["Order", "OrderLine", "OrderLog", "Review", "ReviewPicture", "SalesDay", "SalesDaySku"]
