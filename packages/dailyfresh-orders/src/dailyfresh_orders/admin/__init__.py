from . import orders, payments, reconciliation, reviews

__all__ = ["orders", "payments", "reconciliation", "reviews"]
