"""Checking what comes in."""
