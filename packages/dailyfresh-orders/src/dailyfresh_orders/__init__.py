"""Orders, stock, Alipay payments, refunds and reviews for any Django site."""

__version__ = "0.1.0"
