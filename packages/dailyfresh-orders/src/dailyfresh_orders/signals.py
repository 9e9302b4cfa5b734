"""What the package tells the site; the site connects receivers."""

from django.dispatch import Signal

order_asked = Signal()
"""Sent inside the transaction with the locked `order` and the `step` that is about to be taken: "ship", "refund" or "move" (to another
time). A receiver that gives a sentence, in the language of the moment, refuses it; one that gives None lets it through."""

stock_changed = Signal()
"""Sent inside the transaction with `sku_ids` (list of str), just before their stock changes: the rows are locked last.
A receiver writes down that they changed; it reads the new stock after the commit."""

order_placed = Signal()
"""Sent after the commit with `order`."""

order_moved = Signal()
"""Sent after the commit of every transition with `order_id`, `was` and `became` (values of `Order.State`)."""

review_published = Signal()
"""Sent inside the transaction with `sku_id` when the published reviews of a SKU changed, also when one was hidden."""

pictures_sent = Signal()
"""Sent inside the transaction when a review came with pictures; the package's own receiver wakes the drain that draws them."""

messages_waiting = Signal()
"""Sent inside the transaction when somebody is to be told something; the package's own receiver wakes the drain that does it."""

refund_ready = Signal()
"""Sent inside the transaction with `refund_id` when a refund may go to its gateway; the package's own receiver wakes the drain."""

refund_moved = Signal()
"""Sent after the commit with `refund_id` and `state` (a value of `Refund.State`)."""

payment_disputed = Signal()
"""Sent after the commit with `payment_id` and `note` when a payment needs a person: wrong amount, other trade, money that came back elsewhere."""
