"""What is read of carts: their lines as they can be bought now, the offers on them, and the figures of all carts."""

from .carts import Cart, cart_of, count_of, present, quantities_in_order, quantities_of, recounted

__all__ = ["Cart", "cart_of", "count_of", "present", "quantities_in_order", "quantities_of", "recounted"]
