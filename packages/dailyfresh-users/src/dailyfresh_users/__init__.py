"""Accounts, activation by mail, addresses and a user centre for Django shops."""

__version__ = "0.1.0"
