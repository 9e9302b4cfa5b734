"""Orders, payments with their book, reviews, messages, the book of the money, and the sales of closed days."""

from .adjustment import Adjustment
from .books import BookDay, Booking
from .log import OrderLog
from .message import Letter, LowStock, Message, MessageChoice
from .order import ADDRESS, Order, OrderLine, length_of, too_long
from .payment import Difference, Notice, Payment, PaymentLog, Reconciliation, Refund, RefundLine
from .review import Review, ReviewPicture
from .sales import SalesDay, SalesDaySku

__all__ = [
    "ADDRESS",
    "Adjustment",
    "BookDay",
    "Booking",
    "Difference",
    "Letter",
    "LowStock",
    "Message",
    "MessageChoice",
    "Notice",
    "Order",
    "OrderLine",
    "OrderLog",
    "Payment",
    "PaymentLog",
    "Reconciliation",
    "Refund",
    "RefundLine",
    "Review",
    "ReviewPicture",
    "SalesDay",
    "SalesDaySku",
    "length_of",
    "too_long",
]
