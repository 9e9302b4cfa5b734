"""What is refused, in the buyer's words, and with which code and HTTP status."""

from dailyfresh_core.pricing.measures import counted
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .exceptions import CartError, CartFull, LineRefused, OffSale, OutOfStock, OverLimit, UnknownProduct, WrongQuantity

REFUSALS: dict[type[LineRefused], tuple[str, int]] = {
    UnknownProduct: ("unknown_sku", 404),
    OffSale: ("off_sale", 409),
    OutOfStock: ("out_of_stock", 409),
    OverLimit: ("over_limit", 409),
    WrongQuantity: ("wrong_quantity", 409),
    CartFull: ("cart_full", 409),
}
"""Each refusal's code and HTTP status."""


def message_of(error: CartError | ValidationError) -> str:
    """The refusal in the buyer's words."""
    if isinstance(error, ValidationError):
        return error.messages[0]
    if isinstance(error, LineRefused):
        return _line_message(error) % {
            "name": error.name,
            "n": error.allowed if isinstance(error, CartFull) else counted(error.allowed),
            "in_cart": counted(error.in_cart),
            **_measure_words(error),
        }
    return _("Your cart does not answer at the moment. Nothing is lost; please try again soon.")


def _measure_words(error: LineRefused) -> dict[str, str]:
    if not isinstance(error, WrongQuantity):
        return {}
    return {name: counted(getattr(error.measure, name), error.measure) for name in ("minimum", "step")}


def _line_message(error: LineRefused) -> str:
    # Who sets a quantity asks for just so many, whatever the line holds.
    adds_to_some = error.adding and error.in_cart
    match error:
        case UnknownProduct():
            return _("This product does not exist.")
        case OffSale():
            return _("“%(name)s” is not for sale at the moment.")
        case WrongQuantity():
            return _("“%(name)s” is sold from %(minimum)s on, in steps of %(step)s.")
        case CartFull():
            return _("Your cart is full: it holds %(n)s different products.")
        case OverLimit() if adds_to_some:
            return _("You can buy at most %(n)s of “%(name)s”, and %(in_cart)s are in your cart already.")
        case OverLimit():
            return _("You can buy at most %(n)s of “%(name)s”.")
        case _ if not error.allowed:
            return _("“%(name)s” is sold out.")
        case _ if adds_to_some:
            return _("Only %(n)s of “%(name)s” left, and %(in_cart)s in your cart already.")
    return _("Only %(n)s of “%(name)s” left.")
