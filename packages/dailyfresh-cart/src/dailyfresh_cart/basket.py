"""The cart as the checkout sees it: `DAILYFRESH_ORDERS = {"BASKET": "dailyfresh_cart.basket.Basket"}`."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from . import services
from .selectors import quantities_in_order
from .stores import store
from .stores.base import Owner, user_owner

TAG = "dailyfresh_cart"
UNREACHABLE = "Basket needs a cart store that a user alone can reach: Redis or the database."


class Basket:
    """A user's cart without a request; not with a store that lives in the session."""

    def lines(self, user: Any, sku_ids: Iterable[str] | None = None) -> dict[str, int]:
        """sku_id -> quantity in cart order; with `sku_ids` only those of them that are in the cart."""
        held = quantities_in_order(self._owner(user))
        if sku_ids is None:
            return held
        wanted = set(sku_ids)
        return {sku_id: quantity for sku_id, quantity in held.items() if sku_id in wanted}

    def settle(self, user: Any, ordered: Mapping[str, int], reference: str) -> None:
        """Take what was ordered off the cart, once per reference; pieces added since stay."""
        services.settle(owner=self._owner(user), ordered=ordered, reference=reference)

    def add(self, user: Any, quantities: Mapping[str, int]) -> None:
        """Put these in as far as they can be bought; the rest is left out."""
        services.add_to_cart(owner=self._owner(user), quantities=quantities, clip=True)

    def check(self) -> list[CheckMessage]:
        """System-check messages: a checkout that was given this basket asks whether it can be used."""
        try:
            unreachable = store().in_session
        except ImproperlyConfigured:  # E002 says so
            return []
        if not unreachable:
            return []
        hint = 'Choose the database\'s or the Redis store in DAILYFRESH_CART["STORE"].'
        return [Error(f"{UNREACHABLE} This one lives in the session.", hint=hint, id=f"{TAG}.E005")]

    def _owner(self, user: Any) -> Owner:
        if store().in_session:
            raise ImproperlyConfigured(UNREACHABLE)
        return user_owner(user)
