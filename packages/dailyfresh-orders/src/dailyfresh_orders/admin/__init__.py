"""What staff see: orders and their papers, payments and refunds, reviews, the dashboard."""

from . import messages, orders, payments, reconciliation, reviews

__all__ = ["messages", "orders", "payments", "reconciliation", "reviews"]
