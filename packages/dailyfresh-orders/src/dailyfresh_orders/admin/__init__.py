from . import orders, reviews

__all__ = ["orders", "reviews"]
