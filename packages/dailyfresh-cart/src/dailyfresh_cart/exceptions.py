"""What a cart refuses, each by its own name. Texts for the buyer are made in the views."""

from dailyfresh_core.protocols import Measure


class CartError(Exception):
    """Ground of every refusal of this package."""


class CartUnavailable(CartError):
    """The store does not answer; nothing was changed that it did not confirm."""


class TooOften(CartError):
    """This visitor changed carts, or began new ones, more often than the allowances let; `retry_after` in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


class SignInRequired(CartError):
    """The site gives no cart to guests (setting GUESTS)."""


class LineRefused(CartError):
    """One line was refused, and with it the whole change."""

    def __init__(
        self, sku_id: str, *, name: str = "", in_cart: int = 0, allowed: int = 0, adding: bool = False
    ) -> None:
        super().__init__(sku_id)
        self.sku_id = sku_id
        self.name: str = name or sku_id
        self.in_cart = in_cart
        self.allowed = allowed
        self.adding = adding


class UnknownProduct(LineRefused):
    """The catalogue does not know this sku_id."""


class OffSale(LineRefused):
    """The product is known but not sold now."""


class OutOfStock(LineRefused):
    """The line would hold more than there is; `allowed` is the most it may hold."""


class OverLimit(LineRefused):
    """The line would hold more than one buyer may take; `allowed` is the most it may hold."""


class WrongQuantity(LineRefused):
    """The product is not sold in this quantity: less than its minimum, off its steps, or pieces of what is sold by weight."""

    def __init__(self, sku_id: str, *, name: str, measure: Measure) -> None:
        super().__init__(sku_id, name=name)
        self.measure = measure


class CartFull(LineRefused):
    """The cart holds as many lines as it may; `allowed` is that number."""
