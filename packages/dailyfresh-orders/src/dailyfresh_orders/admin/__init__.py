"""What staff see: orders and their papers, payments and refunds, reviews, the dashboard."""

from . import orders, payments, reconciliation, reviews

__all__ = ["orders", "payments", "reconciliation", "reviews"]
