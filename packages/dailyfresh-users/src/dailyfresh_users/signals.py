"""What this package tells the rest of the site."""

from django.dispatch import Signal

user_registered = Signal()
"""A visitor opened an account that is still to be activated. `user`. Sent in the transaction that writes it."""

user_activated = Signal()
"""An account became usable for the first time. `user`. Sent in the transaction."""

guest_joined = Signal()
"""A guest signed in with an account: what the guest ordered is the account's from now on. `guest`, `user`. Sent in the transaction that then erases the guest."""

address_changed = Signal()
"""An address was added, edited, deleted or made the default. `user`, `address_id` (str). Sent in the transaction."""

account_exporting = Signal()
"""Somebody takes their data with them. `user`. Receivers return {section: JSON-ready data}, or raise: then the page says to try again."""

account_erasing = Signal()
"""An account is about to be deleted. `user`. Sent in the transaction; `ErasureRefused` raised by a receiver stops it."""

account_erased = Signal()
"""An account is gone for good. `user_id` (its primary key as str). For what lies outside the database, as in Redis.

Sent by the drain after the commit, and again until no receiver raises: each must bear being called twice.
"""

mail_requested = Signal()
"""A row of `Mail` was written; the drain is to be woken. Sent in the transaction."""
