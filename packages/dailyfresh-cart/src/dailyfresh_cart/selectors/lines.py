"""A line of a cart beside its product as it is now."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from dailyfresh_core.pricing import measures
from dailyfresh_core.protocols import Measure, Purchasable

from ..catalogue import allowed_of, is_limited
from ..conf import conf

NOTHING = Decimal("0.00")


class State(StrEnum):
    """How a line stands to the catalogue; only an `ok` line can be bought."""

    OK = "ok"
    SHORT = "short"  # more in the cart than may be bought: "only n left"
    SOLD_OUT = "sold_out"
    OFF_SALE = "off_sale"
    GONE = "gone"  # the catalogue does not know it any more


@dataclass(frozen=True)
class CartLine:
    """One line beside its product; `product` is None when it is gone.

    `recounted` says that the product was sold by another measure when it was added: the line holds the minimum now.
    """

    sku_id: str
    quantity: int
    marked: bool
    added_price: Decimal | None
    product: Purchasable | None
    why: tuple[tuple[str, Decimal], ...] = ()
    """(in words, yuan) of every offer in it: why it costs what it does."""
    recounted: bool = False

    @cached_property
    def measure(self) -> Measure:
        return measures.measure_of(self.product) if self.product else measures.BY_THE_PIECE

    @cached_property
    def allowed(self) -> int:
        """The most this line may hold now."""
        return allowed_of(self.product) if self.product else 0

    @cached_property
    def state(self) -> State:
        if self.product is None:
            return State.GONE
        if not self.product.on_sale:
            return State.OFF_SALE
        if not self.allowed:
            return State.SOLD_OUT
        return State.SHORT if self.quantity > self.allowed else State.OK

    @property
    def valid(self) -> bool:
        """Some of it can be bought, be it fewer pieces."""
        return self.state in (State.OK, State.SHORT)

    @property
    def selected(self) -> bool:
        """It is ticked and goes to the checkout."""
        return self.marked and self.state is State.OK

    @property
    def shown(self) -> tuple[object, ...]:
        """All that a page shows of it, to tell whether two lines look alike."""
        product, measure = self.product, self.measure
        texts = (product.name, product.unit, product.url, product.image_url) if product else ()
        return (
            (self.sku_id, self.quantity, self.state, self.selected, self.allowed, self.limited, self.low, self.left),
            (self.unit_price, self.added_price, self.recounted, self.why),
            tuple(getattr(measure, name) for name in measures.Measured.__slots__),
            texts,
        )

    @property
    def storage(self) -> str:
        """How it is kept, as the catalogue says it to buyers; "" where it says nothing."""
        return getattr(self.product, "storage", "")

    @property
    def limited(self) -> bool:
        """It is not the stock that bounds it but what one buyer may take."""
        return self.product is not None and is_limited(self.product)

    @cached_property
    def low(self) -> bool:
        """So few are left that the line says so."""
        available = self.product.available if self.product else None
        low = conf.LOW_STOCK * self.measure.minimum
        return self.state is State.OK and available is not None and available <= low

    @property
    def left(self) -> int | None:
        """What there is of it, counted as it is sold; None without limit."""
        available = self.product.available if self.product else None
        return None if available is None else measures.typed(available, self.measure)

    @property
    def noted(self) -> bool:
        """There is something to say of its state, its stock, its measure or its price."""
        return self.state is not State.OK or self.low or self.recounted or bool(self.price_change)

    @cached_property
    def unit_price(self) -> Decimal:
        return self.product.unit_price if self.product else NOTHING

    @property
    def subtotal(self) -> Decimal:
        return measures.amount(self.unit_price, self.quantity, self.measure)

    @property
    def estimated(self) -> bool:
        """It is weighed when it is packed: the subtotal is what it costs at most."""
        return measures.estimated(self.measure)

    @property
    def payable(self) -> Decimal:
        """What is left of the subtotal after offers."""
        return sum((off for _label, off in self.why), self.subtotal)

    @cached_property
    def price_change(self) -> Decimal:
        """What its price is more (or, below zero, less) than when it was added."""
        if self.added_price is None or not self.valid or self.recounted:
            return NOTHING
        return self.unit_price - self.added_price

    @property
    def price_drop(self) -> Decimal:
        return max(NOTHING, -self.price_change)

    @property
    def price_rise(self) -> Decimal:
        return max(NOTHING, self.price_change)
