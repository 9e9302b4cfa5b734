"""Weeks of trade for the demo: its range, its buyers, what they did, and what was said and paid."""
