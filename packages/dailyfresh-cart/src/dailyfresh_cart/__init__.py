"""A cart for any Django site, kept in Redis, in the session or in the database."""

__version__ = "0.1.0"
