"""Placing an order: drafted from its quote, written in one transaction, and taken off the basket."""
