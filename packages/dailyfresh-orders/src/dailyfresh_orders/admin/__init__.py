"""What staff see: orders and their papers, payments and refunds, reviews, the dashboard."""

from . import books, messages, orders, payments, reconciliation, reviews

__all__ = ["books", "messages", "orders", "payments", "reconciliation", "reviews"]
