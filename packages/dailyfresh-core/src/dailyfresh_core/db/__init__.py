"""Statements and transactions: lost races run again, many rows in portions, inserts and selects written out."""
