"""Taking what was ordered off a cart."""

from collections.abc import Mapping

from ..signals import cart_settled
from ..stores import store
from ..stores.base import Change, Kind, Owner
from .owners import REMEMBER


def settle(*, owner: Owner, ordered: Mapping[str, int], reference: str) -> bool:
    """Take the ordered quantities off, once per reference; pieces added since stay. False on a repetition."""
    changes = [Change(Kind.TAKE, sku_id, quantity) for sku_id, quantity in ordered.items()]
    outcome = store().change(owner, changes, reference=f"settle:{reference}", remember=REMEMBER)
    if outcome.applied:
        cart_settled.send_robust(None, owner=owner, ordered=dict(ordered), reference=reference)
    return outcome.applied
