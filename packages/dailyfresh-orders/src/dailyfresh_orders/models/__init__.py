"""Orders, payments with their book, reviews, messages, invoices, the book of the money, and the sales of closed days."""

from .adjustment import Adjustment
from .books import BookDay, Booking
from .evidence import RefundPicture
from .invoice import Invoice, InvoiceTitle, check_tax_number
from .line import OrderLine, called
from .log import OrderLog, OrderNote
from .message import Letter, LowStock, Message, MessageChoice
from .order import ADDRESS, Order, length_of, too_long
from .payment import Notice, Payment, PaymentLog, Refund, RefundLine
from .picture import SentPicture
from .reconciliation import Difference, Reconciliation
from .review import Review, ReviewPicture
from .sales import SalesDay, SalesDaySku

__all__ = [
    "ADDRESS",
    "Adjustment",
    "BookDay",
    "Booking",
    "Difference",
    "Invoice",
    "InvoiceTitle",
    "Letter",
    "LowStock",
    "Message",
    "MessageChoice",
    "Notice",
    "Order",
    "OrderLine",
    "OrderLog",
    "OrderNote",
    "Payment",
    "PaymentLog",
    "Reconciliation",
    "Refund",
    "RefundLine",
    "RefundPicture",
    "Review",
    "ReviewPicture",
    "SalesDay",
    "SalesDaySku",
    "SentPicture",
    "called",
    "check_tax_number",
    "length_of",
    "too_long",
]
