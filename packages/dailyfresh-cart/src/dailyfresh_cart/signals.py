"""What happened to a cart, for the site to listen to; a receiver that fails is logged and harms nothing."""

from django.dispatch import Signal

cart_changed: Signal = Signal()
"""owner, sku_ids (list), why ("add", "set", "remove", "restore", "select", "clear")."""

cart_merged: Signal = Signal()
"""owner (the user's), guest (owner), merged (dict sku_id -> quantity now in the cart)."""

cart_settled: Signal = Signal()
"""owner, ordered (dict sku_id -> quantity), reference."""
