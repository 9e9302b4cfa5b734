"""What others are told; in the transaction of what happened."""

from django.dispatch import Signal

offers_changed: Signal = Signal()
"""Offers began, ended or were edited, so that pages that name them are out of date. `sku_ids`: the goods they mean, None for any."""
