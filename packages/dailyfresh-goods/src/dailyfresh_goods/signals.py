"""What the catalogue tells the rest of the site."""

from django.dispatch import Signal

goods_changed = Signal()
"""Goods changed, came or went. Sent inside the transaction of the change.

Arguments: `sku_ids`, a list of int: primary keys, those of deleted goods included.
"""

rows_changed = Signal()
"""Rows of a catalogue model were changed past `save()`, by `update`, `bulk_create` or `bulk_update`.

Arguments: `pks`, a list of int; `columns`, a frozenset of the names of those that are written in rows that were
there; and `before`, whether the change is still to come.
"""

import_begun = Signal()
"""A file of goods waits to be taken in, in the transaction that says so; no arguments."""

pages_marked = Signal()
"""Pages were marked as stale, in the transaction of the change; no arguments."""

pictures_ordered = Signal()
"""Pictures are to be fetched from their addresses, in the transaction that says so; no arguments."""

pictures_waiting = Signal()
"""Pictures wait to be drawn, in the transaction of the change that brought them; no arguments."""

back_in_stock = Signal()
"""Goods can be bought again, and people asked to be told. Sent inside the transaction that forgets what they asked.

Arguments: `sku_id`, a str; `name`, as it is sold; `people`, a dict: primary key of the account -> language that they read. Sent once for each of the languages,
with the name in it.
"""
