"""Names, accounts, amounts and times as they cross over to Alipay and back."""

import re
from datetime import datetime
from decimal import Decimal

from .alipay_sdk import CHINA
from .money import BadAmount, parsed


def clean(text: str, length: int) -> str:
    """`text` without what breaks somebody on the way.

    Braces break the SDK's reading of replies, `/=&` are outside Alipay's documented limits, and signs beyond the basic
    plane (emoji) do not fit everybody's columns.
    """
    return " ".join(re.sub(r"""[{}/=&<>"'%\\\x00-\x1f\x7f\U00010000-\U0010ffff]""", " ", text).split())[:length].strip()


def masked(account: str) -> str:
    """An account that a person recognises and nobody else can use."""
    if "*" in account or not account:
        return account[:64]
    return f"{account[:3]}***{account[-2:]}"[:64]


def readable_amount(text: object) -> Decimal | None:
    """An amount, or None for one that cannot be read: the settlement disputes that, and nothing is lost."""
    try:
        return parsed(text)
    except BadAmount:
        return None


def china_time(text: object) -> datetime | None:
    """Alipay's times carry no zone: they are China's, some with milliseconds."""
    if not text:
        return None
    return datetime.fromisoformat(str(text)).replace(tzinfo=CHINA)
