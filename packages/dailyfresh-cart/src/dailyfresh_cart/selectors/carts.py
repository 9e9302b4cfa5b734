"""What a cart looks like beside the catalogue as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from dailyfresh_core.pricing import measures
from dailyfresh_core.pricing.offers import ORDER, Offered
from dailyfresh_core.protocols import Purchasable

from ..catalogue import find_products
from ..stores import store
from ..stores.base import Line, Owner
from .lines import NOTHING, CartLine, State


@dataclass(frozen=True)
class Cart:
    """A whole cart, oldest line first; the sums are those of the selected lines, without freight."""

    lines: tuple[CartLine, ...]
    offered: Offered = field(default_factory=Offered)
    free_from: Decimal | None = None
    """What the goods come to where delivery is free, for whoever looks at it."""

    @property
    def count(self) -> int:
        """Lines, the dead ones too: what the badge shows."""
        return len(self.lines)

    @cached_property
    def valid(self) -> tuple[CartLine, ...]:
        return tuple(line for line in self.lines if line.valid)

    @cached_property
    def shelves(self) -> list[tuple[str, list[CartLine]]]:
        """The valid lines by how they are kept, each shelf where its oldest line stands; one without a name where all are alike."""
        found: dict[str, list[CartLine]] = {}
        for line in self.valid:
            found.setdefault(line.storage, []).append(line)
        return list(found.items()) if len(found) > 1 else [("", list(self.valid))]

    @cached_property
    def invalid(self) -> tuple[CartLine, ...]:
        return tuple(line for line in self.lines if not line.valid)

    @cached_property
    def selected(self) -> tuple[CartLine, ...]:
        return tuple(line for line in self.lines if line.selected)

    @cached_property
    def selectable(self) -> int:
        return sum(line.state is State.OK for line in self.lines)

    @cached_property
    def all_selected(self) -> bool:
        return bool(self.selected) and len(self.selected) == self.selectable

    @cached_property
    def some_selected(self) -> bool:
        return bool(self.selected) and not self.all_selected

    @cached_property
    def ticks(self) -> tuple[bool, ...]:
        """How all that ticks, removes and checks out lines together stands."""
        return bool(self.selectable), bool(self.selected), self.all_selected

    @cached_property
    def pieces(self) -> int:
        """Pieces, and what is weighed as one each."""
        return sum(measures.pieces_of(line.quantity) for line in self.selected)

    @cached_property
    def estimated(self) -> bool:
        """Some of it is weighed when it is packed."""
        return any(line.estimated for line in self.selected)

    @cached_property
    def goods_total(self) -> Decimal:
        """Before offers."""
        return sum((line.subtotal for line in self.selected), NOTHING)

    @cached_property
    def goods_payable(self) -> Decimal:
        """After offers: what free delivery is measured by."""
        return sum((line.payable for line in self.selected), NOTHING)

    @cached_property
    def total(self) -> Decimal:
        return self.goods_payable + self.offered.sum_of("fee", ORDER)

    @property
    def latest(self) -> tuple[CartLine, ...]:
        """The five lines added last, the newest first: the mini cart."""
        return self.lines[::-1][:5]

    @cached_property
    def sent(self) -> bool:
        """Whether something of it is delivered."""
        return any(line.product and line.product.requires_shipping for line in self.valid)

    @cached_property
    def free_delivery_from(self) -> Decimal | None:
        """None also where nothing of the cart is delivered."""
        return self.free_from if self.sent else None

    @cached_property
    def free_delivery_missing(self) -> Decimal:
        """What the goods total lacks to free delivery, 0 when it is reached."""
        return max(NOTHING, (self.free_delivery_from or NOTHING) - self.goods_payable)

    @property
    def pays_delivery(self) -> bool:
        """Whether delivery may come to the total yet."""
        return self.sent and (self.free_delivery_from is None or self.free_delivery_missing > 0)


def present(lines: Mapping[str, Line], products: Mapping[str, Purchasable]) -> Cart:
    """The stored lines beside their products."""
    return Cart(tuple(_present(sku_id, line, products.get(sku_id)) for sku_id, line in lines.items()))


def _present(sku_id: str, line: Line, product: Purchasable | None) -> CartLine:
    now = recounted(line, product) if product else line
    return CartLine(sku_id, now.quantity, line.selected, line.unit_price, product, recounted=now is not line)


def recounted(line: Line, product: Purchasable) -> Line:
    """The line as it is; with the minimum where the product was sold by another measure: nobody reads two pieces as two grams."""
    measure = measures.measure_of(product)
    return (
        line
        if measures.agrees(line.quantity, measure)
        else replace(line, quantity=measures.typed(measure.minimum, measure))
    )


def cart_of(owner: Owner | None) -> Cart:
    """The owner's cart: one question to the store, one to the catalogue."""
    lines = store().read(owner) if owner else {}
    return present(lines, find_products(lines.keys()))


def quantities_of(owner: Owner | None) -> dict[str, int | str]:
    """sku_id -> quantity, as JSON holds it (2, "750g"), without looking at any product: one question to the store."""
    return {sku_id: measures.in_json(n) for sku_id, n in store().quantities(owner).items()} if owner else {}


def count_of(owner: Owner | None) -> int:
    """How many lines the cart has (seed 15: HLEN)."""
    return store().count(owner) if owner else 0


def quantities_in_order(owner: Owner) -> dict[str, int]:
    """sku_id -> quantity, oldest line first."""
    return {sku_id: line.quantity for sku_id, line in store().read(owner).items()}
