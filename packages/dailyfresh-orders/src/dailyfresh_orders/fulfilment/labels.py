"""What a scanner reads: the code of some goods, or the label of a scale with the weight in it.

A scale in a shop prints an EAN-13 that begins with 2:

    2 x  i i i i i  g g g g g  c
    |    item       grams      check digit
    in-store, and a digit of the scale's own
"""

from dataclasses import dataclass

ITEM, GRAMS = slice(2, 7), slice(7, 12)


@dataclass(frozen=True)
class Scanned:
    code: str
    """What the goods are called by: a sku_id, or the item number of a scale without the zeros before it."""
    grams: int | None = None


def scanned(text: str) -> Scanned:
    """What was scanned; a label whose check digit is wrong is a code like any other, which nothing goes by."""
    text = text.strip()
    if len(text) == 13 and text.isascii() and text.isdigit() and text[0] == "2" and _checks(text):
        return Scanned(text[ITEM].lstrip("0") or "0", int(text[GRAMS]))
    return Scanned(text)


def _checks(digits: str) -> bool:
    """The last digit of an EAN fills the sum up to tens; every second one counts three times."""
    return sum(int(digit) * (3 if n % 2 else 1) for n, digit in enumerate(digits)) % 10 == 0
