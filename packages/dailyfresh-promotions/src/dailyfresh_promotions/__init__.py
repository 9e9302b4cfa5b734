"""Offers, coupons and flash sales for any Django shop: worked out to the fen, limited by the database."""

__version__ = "0.1.0"
