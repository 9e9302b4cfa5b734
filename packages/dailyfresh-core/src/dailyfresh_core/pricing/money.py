"""Money as pages write it: one currency for the whole site (`DAILYFRESH = {"CURRENCY": "EUR"}`), in the way of the visitor's language."""

from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.utils.formats import get_format
from django.utils.translation import get_language

from ..conf import NAME, Shared

SIGNS = {
    "AUD": "$",
    "BRL": "R$",
    "CAD": "$",
    "CNY": "¥",
    "EUR": "€",
    "GBP": "£",
    "HKD": "$",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "$",
    "NZD": "$",
    "PHP": "₱",
    "RUB": "₽",
    "SGD": "$",
    "TRY": "₺",
    "TWD": "$",
    "UAH": "₴",
    "USD": "$",
    "VND": "₫",
}
"""The narrow signs of CLDR, as `Intl.NumberFormat` writes them with `currencyDisplay: "narrowSymbol"`; others show their code."""

WHOLE = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""Currencies of ISO 4217 without a minor unit."""

THOUSANDTHS = frozenset(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"])
"""Currencies with three places: the columns have two, so they cannot be sold in."""

LEADING = frozenset(["bn", "cy", "en", "hi", "ja", "kn", "ko", "ml", "mr", "ms", "ta", "te", "th", "ur", "zh"])
"""Languages that write the sign before the number; the others write it behind, after a space that does not break."""

SPACE = "\N{NO-BREAK SPACE}"


def currency() -> str:
    """ISO 4217 code of every price, total and payment of the site."""
    code: str = getattr(settings, NAME, {}).get("CURRENCY", Shared.CURRENCY)
    return code


def places() -> int:
    """Digits behind the point of an amount in the site's currency: 2, or 0 where it has no minor unit."""
    return 0 if currency() in WHOLE else 2


def coin() -> int:
    """How many fen, hundredths, the smallest coin of the site's currency is: 1, or 100 where it has no minor unit."""
    return 1 if places() else 100


def parts(amount: Decimal | int) -> tuple[str, str, str, str]:
    """What stands before the number, its whole part, its minor part with the point, what stands behind: ("¥", "1,234", ".50", "")."""
    language = get_language() or settings.LANGUAGE_CODE
    rounded = Decimal(amount).quantize(Decimal(1).scaleb(-places()), ROUND_HALF_UP)
    whole, _point, minor = f"{abs(rounded):,f}".partition(".")
    point = get_format("DECIMAL_SEPARATOR", language)
    grouping = get_format("THOUSAND_SEPARATOR", language) or (",." if point == "," else ".,")[1]
    whole, minor = whole.replace(",", grouping), minor and point + minor
    minus, sign = "-" if rounded < 0 else "", _sign(language)
    if language.split("-")[0] in LEADING:
        return minus + sign + (SPACE if sign.isalpha() else ""), whole, minor, ""
    return "", minus + whole, minor, SPACE + sign


def shown(amount: Decimal | int) -> str:
    """An amount in the site's currency and the language of the moment: "¥1,234.50", "1.234,50 €"."""
    return "".join(parts(amount))


def _sign(language: str) -> str:
    sign = SIGNS.get(code := currency(), code)
    # Japanese writes the yen, and the yuan, as wide as its other characters.
    return "￥" if sign == "¥" and language.startswith("ja") else sign
