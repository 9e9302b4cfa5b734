"""Rules and coupons as they are stored, a kind with its numbers and its goods in JSON, read into what the engine works with.

Money is kept as text in yuan ("12.90"), a rate as basis points of what is paid (8.8折 is 8800), pieces as whole numbers or their text.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .coins import in_coins
from .engine import Benefit, Bundle, Cheapest, Each, Flash, FreeFreight, Off, Percent, Prices, Scope
from .exceptions import BadParams

AMOUNT, PIECES = "amount", "pieces"


class Kind(models.TextChoices):
    OFF = "off", gettext_lazy("From so much on, so much off")
    EACH = "each", gettext_lazy("So much off for every so much")
    PERCENT = "percent", gettext_lazy("From so much on, a percentage")
    CHEAPEST = "cheapest", gettext_lazy("The cheapest pieces free or reduced")
    BUNDLE = "bundle", gettext_lazy("Any n for one price")
    PRICE = "price", gettext_lazy("Special or member price")
    FLASH = "flash", gettext_lazy("Flash sale")
    FREIGHT = "freight", gettext_lazy("Free or cheaper delivery")


class CouponKind(models.TextChoices):
    OFF = Kind.OFF.value, gettext_lazy("So much off")
    PERCENT = Kind.PERCENT.value, gettext_lazy("A percentage")
    EACH = Kind.EACH.value, Kind.EACH.label
    FREIGHT = Kind.FREIGHT.value, Kind.FREIGHT.label


def benefit_of(kind: str, params: Mapping[str, Any]) -> Benefit | FreeFreight:
    """What the kept numbers give. Raises BadParams for those that cannot be. A flash sale's stand in rows of their own."""
    try:
        return READERS[kind](dict(params))
    except BadParams:
        raise
    except KeyError as error:
        raise BadParams(str(error.args[0]), _("This is missing.")) from None
    except (TypeError, ValueError, AttributeError):  # another shape: no form wrote it
        raise BadParams("params", _("These are no numbers of this kind.")) from None


def scope_of(kept: Mapping[str, Any]) -> Scope:
    """The goods that are meant: `{"skus": [...], "groups": [...], "but_skus": [...], "but_groups": [...]}`, all of them for {}.

    Raises BadParams.
    """
    if not isinstance(kept, Mapping):
        raise BadParams("scope", _("This is no list of goods."))
    skus, groups, but_skus, but_groups = (
        _names(kept.get(key, ())) for key in ("skus", "groups", "but_skus", "but_groups")
    )
    return Scope(not skus and not groups, skus, groups, but_skus, but_groups)


def _names(kept: object) -> frozenset[str]:
    if not isinstance(kept, list | tuple):
        raise BadParams("scope", _("This is no list of goods."))
    return frozenset(map(str, kept))


def _decimal(value: object) -> Decimal:
    """NaN for what is no number; it may be of any size, so that its range is looked at before anything is made of it."""
    try:
        return Decimal(str(value))
    except (InvalidOperation, ValueError):
        return Decimal("NaN")


def _money(value: object, field: str, *, least: int = 0) -> int:
    """Coins of an amount in yuan."""
    amount = _decimal(value)
    if not amount.is_finite():
        raise BadParams(field, _("This is no amount of money."))
    if not 0 <= amount <= 9_999_999 or (coins := in_coins(amount)) < least:
        raise BadParams(field, _("This amount is too low or too high."))
    return coins


def _number(value: object, field: str, *, least: int, most: int) -> int:
    number = _decimal(value)
    if not (number.is_finite() and least <= number <= most) or number != int(number):
        raise BadParams(field, _("Write a whole number from %(least)d to %(most)d.") % {"least": least, "most": most})
    return int(number)


def _rate(value: object, field: str) -> int:
    return _number(value, field, least=0, most=9999)


def _cap(params: Mapping[str, Any]) -> int | None:
    return None if params.get("cap") is None else _money(params["cap"], "cap", least=1)


def _reach(value: object, field: str, *, by_pieces: bool, least: int = 0) -> int:
    return _number(value, field, least=least, most=9999) if by_pieces else _money(value, field, least=least)


def _tiers(params: Mapping[str, Any], given: Callable[[object, str], int]) -> tuple[tuple[int, int], ...]:
    by_pieces = params.get("by") == PIECES
    rows: Iterable[Any] = params["tiers"]
    tiers = tuple((_reach(reach, "tiers", by_pieces=by_pieces), given(what, "tiers")) for reach, what in rows)
    if not tiers:
        raise BadParams("tiers", _("Give at least one step."))
    if any(low >= high for (low, _a), (high, _b) in pairwise(tiers)):
        raise BadParams("tiers", _("Each step begins above the one before."))
    return tiers


def _off(params: Mapping[str, Any]) -> Off:
    return Off(_tiers(params, lambda off, field: _money(off, field, least=1)), params.get("by") == PIECES)


def _each(params: Mapping[str, Any]) -> Each:
    by_pieces = params.get("by") == PIECES
    reach = _reach(params["reach"], "reach", by_pieces=by_pieces, least=1)
    return Each(reach, _money(params["off"], "off", least=1), _cap(params), by_pieces)


def _percent(params: Mapping[str, Any]) -> Percent:
    return Percent(_tiers(params, _rate), _cap(params), params.get("by") == PIECES)


def _cheapest(params: Mapping[str, Any]) -> Cheapest:
    every = _number(params["every"], "every", least=2, most=99)
    return Cheapest(every, _number(params["few"], "few", least=1, most=every), _rate(params["rate"], "rate"))


def _bundle(params: Mapping[str, Any]) -> Bundle:
    return Bundle(_number(params["every"], "every", least=2, most=99), _money(params["price"], "price"))


def _prices(params: Mapping[str, Any]) -> Prices:
    rate = params.get("rate")
    prices = {str(sku_id): _money(price, "prices") for sku_id, price in params.get("prices", {}).items()}
    if (rate is None) == (not prices):
        raise BadParams("prices", _("Give either prices or a percentage for all goods that are meant."))
    return Prices(prices, None if rate is None else _rate(rate, "rate"))


def _freight(params: Mapping[str, Any]) -> FreeFreight:
    return FreeFreight(_money(params["reach"], "reach"), _cap(params))


READERS: dict[str, Callable[[Mapping[str, Any]], Benefit | FreeFreight]] = {
    Kind.OFF: _off,
    Kind.EACH: _each,
    Kind.PERCENT: _percent,
    Kind.CHEAPEST: _cheapest,
    Kind.BUNDLE: _bundle,
    Kind.PRICE: _prices,
    Kind.FLASH: lambda params: Flash(),
    Kind.FREIGHT: _freight,
}
