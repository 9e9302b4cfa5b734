"""How much of something: pieces, or grams of what is sold by weight. What it costs, what may be asked for, and how it is written.

A quantity is a whole number everywhere. Where it leaves the code, in an address, a form, a cart or a signed quote, grams say that they are:
"750g". So nobody reads two pieces as two grams, however a SKU's measure changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, Self

from django.conf import settings
from django.utils.formats import get_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from ..joins import WrongShape
from ..protocols import Measure, Purchasable
from .amounts import gross
from .money import SPACE, coin

PIECE, WEIGHT = "piece", "weight"
PER = (100, 500, 1000)
"""The grams that a price may be for."""

MOST_PIECES, MOST_GRAMS = 9_999, 999_999
"""The most that one line of an order may have."""

UNITS = {"g": 1, "kg": 1000, "克": 1, "斤": 500, "公斤": 1000, "千克": 1000}
TYPED = re.compile(
    rf"(?P<number>[0-9]{{1,9}}([.,][0-9]{{1,3}})?)[ {SPACE}]?(?P<unit>{'|'.join(UNITS)})?", re.IGNORECASE
)


class Grams(int):
    """A quantity in grams, where a plain number is pieces."""


class Priced(Protocol):
    """What decides on an amount: a `Measure`, or a line that keeps the one it was agreed by."""

    @property
    def sold_by(self) -> str: ...
    @property
    def priced_by(self) -> str: ...
    @property
    def price_grams(self) -> int: ...
    @property
    def nominal_grams(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Measured:
    """A `Measure`; as it stands, by the piece."""

    sold_by: str = PIECE
    priced_by: str = PIECE
    price_grams: int = 500
    nominal_grams: int = 0
    minimum: int = 1
    step: int = 1

    @classmethod
    def of(cls, row: Measure) -> Self:
        """The measure that a row holds in columns of these names."""
        return cls(*(getattr(row, name) for name in cls.__slots__))


BY_THE_PIECE = Measured()


def measure_of(item: Purchasable) -> Measure:
    """The item's measure, by the piece where it says nothing. Raises WrongShape for one that cannot be."""
    measure: Measure = getattr(item, "measure", None) or BY_THE_PIECE
    for _field, sentence in faults(measure):
        raise WrongShape(f"{item.name!r} has a measure that cannot be: {sentence}")
    return measure


def faults(measure: Any) -> Iterator[tuple[str, str]]:
    """(field, sentence) of each thing that is wrong with a measure."""
    missing = [name for name in Measured.__slots__ if not hasattr(measure, name)]
    if missing:
        yield missing[0], f"it lacks {', '.join(missing)}."
        return
    for name, least in (("price_grams", 0), ("nominal_grams", 0), ("minimum", 1), ("step", 1)):
        if type(number := getattr(measure, name)) is not int or number < least:
            yield name, _("Write a whole number from %(least)d on.") % {"least": least}
            return
    for name in ("sold_by", "priced_by"):
        if getattr(measure, name) not in (PIECE, WEIGHT):
            yield name, _("It is “piece” or “weight”.")
    if measure.sold_by == WEIGHT != measure.priced_by:
        yield "priced_by", _("What is sold by weight is priced by weight.")
    if measure.priced_by == WEIGHT and measure.price_grams not in PER:
        yield "price_grams", _("A price is for 100, 500 or 1000 grams.")
    if measure.sold_by == PIECE and measure.priced_by == WEIGHT and not measure.nominal_grams:
        yield "nominal_grams", _("Pieces that are priced by weight need what one weighs, about.")
    if measure.minimum % measure.step:
        yield "minimum", _("The minimum is a multiple of the step.")


def amount(price: Decimal, quantity: int, measure: Priced, *, grams: int | None = None) -> Decimal:
    """What so much costs, rounded once: half of the smallest coin goes up. The one place where a price meets a quantity.

    `grams` is what it weighs in fact, where somebody has weighed it.
    """
    if measure.priced_by == PIECE:
        return gross(price, quantity)
    weighs = grams_of(quantity, measure) if grams is None else grams
    return gross(price, weighs, per=measure.price_grams, coin=coin())


def grams_of(quantity: int, measure: Priced) -> int:
    """What so much weighs, about; 0 where nobody knows."""
    return quantity if measure.sold_by == WEIGHT else quantity * measure.nominal_grams


def pieces_of(quantity: int) -> int:
    """How many things a buyer would count: what is weighed is one."""
    return 1 if isinstance(quantity, Grams) else quantity


def most_of(measure: Priced) -> int:
    """The most that one line of an order may have."""
    return MOST_GRAMS if measure.sold_by == WEIGHT else MOST_PIECES


def typed(quantity: int, measure: Priced) -> int:
    """A number of this measure as what it is: pieces, or `Grams`."""
    return Grams(quantity) if measure.sold_by == WEIGHT else int(quantity)


def agrees(quantity: int, measure: Priced) -> bool:
    """Whether a quantity is counted as the measure counts."""
    return isinstance(quantity, Grams) == (measure.sold_by == WEIGHT)


def accepted(quantity: int, measure: Measure) -> bool:
    """Whether so much may be asked for at the door: from the minimum on, in steps, and counted as it is sold."""
    return agrees(quantity, measure) and quantity >= measure.minimum and not quantity % measure.step


def within(bound: int, measure: Measure) -> int:
    """The most that may be asked for where there is so much; 0 when that is less than the minimum."""
    return bound - bound % measure.step if bound >= measure.minimum else 0


def written(quantity: int) -> str:
    """A quantity for programs to read: "3", "750g"."""
    return f"{int(quantity)}g" if isinstance(quantity, Grams) else str(int(quantity))


def in_json(quantity: int) -> int | str:
    """A quantity as JSON holds it: 3, "750g"."""
    return written(quantity) if isinstance(quantity, Grams) else int(quantity)


def like(number: int, quantity: int) -> int:
    """A number counted as `quantity` is."""
    return Grams(number) if isinstance(quantity, Grams) else int(number)


def alike(one: int, other: int) -> bool:
    """Whether two quantities are both pieces, or both grams."""
    return isinstance(one, Grams) == isinstance(other, Grams)


def read(text: str) -> int | None:
    """A quantity as `written`, or as a person types it: 3, 750g, "750 g", "1.5 kg", 1.5公斤; None for what is none."""
    if not (found := TYPED.fullmatch(text)):
        return None
    number, unit = Decimal(found["number"].replace(",", ".")), found["unit"]
    whole = number * UNITS[unit.lower()] if unit else number
    if whole != int(whole) or (not unit and not found["number"].isdigit()):
        return None
    return Grams(whole) if unit else int(whole)


def weight(grams: int) -> str:
    """Grams as a buyer reads them: "750 g", "1.5 kg"."""
    if grams < 1000:
        return f"{int(grams)}{SPACE}g"
    point = get_format("DECIMAL_SEPARATOR", get_language() or settings.LANGUAGE_CODE)
    number = f"{Decimal(int(grams)).scaleb(-3):f}".rstrip("0").rstrip(".")
    return f"{number.replace('.', point)}{SPACE}kg"


def spoken(quantity: int, measure: Priced | None = None) -> str:
    """A quantity as a buyer reads it: "3", "750 g". `measure` says what a plain number counts."""
    weighed = isinstance(quantity, Grams) or (measure is not None and measure.sold_by == WEIGHT)
    return weight(quantity) if weighed else str(int(quantity))


def counted(quantity: int, measure: Priced | None = None) -> str:
    """The same inside a sentence, where a language says a word with its pieces: "3 件", "750 g"."""
    text = spoken(quantity, measure)
    return text if not text.isdecimal() else pgettext("so many pieces, inside a sentence", "%(n)s") % {"n": text}


def times(quantity: int, measure: Priced) -> str:
    """A quantity behind the name of what it is: "× 3", "750 g"."""
    text = spoken(quantity, measure)
    return f"× {text}" if text.isdecimal() else text


def per(measure: Priced) -> str:
    """What a price is for, as it follows the price: "/500 g", "/kg"; nothing where it is for a piece."""
    if measure.priced_by == PIECE:
        return ""
    return "/kg" if measure.price_grams == 1000 else f"/{weight(measure.price_grams)}"


def about(quantity: int, measure: Priced) -> str:
    """What pieces that are priced by weight weigh, about; nothing where the buyer knows what he gets."""
    if not estimated(measure):
        return ""
    return _("about %(weight)s") % {"weight": weight(grams_of(quantity, measure))}


def estimated(measure: Priced) -> bool:
    """Whether what is given is weighed only when the order is packed."""
    return measure.priced_by == WEIGHT
