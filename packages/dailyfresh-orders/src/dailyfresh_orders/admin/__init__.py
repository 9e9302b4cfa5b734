from . import orders, payments, reviews

__all__ = ["orders", "payments", "reviews"]
