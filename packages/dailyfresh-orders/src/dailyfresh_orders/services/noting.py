"""What staff tell each other about an order."""

from typing import Any

from ..models import OrderNote


def leave_note(*, order_id: int, by: Any, text: str) -> OrderNote:
    """Write a note under an order."""
    return OrderNote.objects.create(order_id=order_id, by=by, text=text)
