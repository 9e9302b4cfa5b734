"""python-alipay-sdk with what it lacks: a gateway of one's own, China's time, a deadline, POST, and silence; and how words cross over."""

import http.client
import logging
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .base import BadAmount, NotifyRejected, Outcome, TradeState, parsed
from .wire import post

# The SDK's own `loggers` module runs logging.config.dictConfig when it is imported, and that closes every handler the
# site has opened. A stand-in with the one name that the SDK takes from it keeps the site's logging as it is.
_loggers = ModuleType("alipay.loggers")
_loggers.logger = logging.getLogger(__name__)  # type: ignore[attr-defined]
sys.modules.setdefault("alipay.loggers", _loggers)

try:
    from alipay import AliPay
    from alipay.exceptions import AliPayException, AliPayValidationError
except ImportError as error:
    raise ImportError('Alipay needs an extra: pip install "dailyfresh-orders[alipay]"') from error

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Without summer time since 1991, and there without a time zone database."""
NO_BELIEVABLE_ANSWER = (
    OSError,
    http.client.HTTPException,
    ValueError,
    AttributeError,
    TypeError,
    AliPayException,
    AliPayValidationError,
)
"""Everything that one call of the SDK can fail with; its own two exceptions share no base class."""


STATES = {
    "WAIT_BUYER_PAY": TradeState.WAITING,
    "TRADE_SUCCESS": TradeState.PAID,
    "TRADE_FINISHED": TradeState.FINISHED,
    "TRADE_CLOSED": TradeState.CLOSED,
}
ALREADY_PAID = {
    "ACQ.TRADE_HAS_SUCCESS",
    "ACQ.TRADE_HAS_FINISHED",
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.REASON_TRADE_STATUS_INVALID",
    "ACQ.REASON_ILLEGAL_STATUS",
}
MESSAGE_LIMIT = 16_384
FIELD_LIMIT = 100


class Sdk(AliPay):  # type: ignore[misc]
    """The SDK, told where to ask, how long to wait and what time it is.

    It sends everything as one GET by urllib, which honours `http_proxy`, follows redirects and restarts its time-out
    with every byte. `_gateway` and the two `_verify…` names are private to it, so its version is pinned and tests use them.
    """

    def __init__(self, *, server_url: str, deadline: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._gateway = server_url
        self._deadline = deadline

    def build_body(self, method: str, biz_content: Any = None, **kwargs: Any) -> dict[str, Any]:
        body: dict[str, Any] = super().build_body(method, biz_content, **kwargs)
        # The SDK writes the process's local time, and Django sets that to TIME_ZONE.
        return {**body, "timestamp": datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S")}

    def verified_sync_response(self, data: dict[str, Any], response_type: str) -> dict[str, Any]:
        signed = dict(parse_qsl(self.sign_data(data), keep_blank_values=True, strict_parsing=True))
        # As Alipay's official clients do it: the common parameters in the address, the business in the body.
        content = {"biz_content": signed.pop("biz_content")}
        answer = post(f"{self._gateway}?{urlencode(signed)}", urlencode(content).encode(), seconds=self._deadline)
        return dict(self._verify_and_return_sync_response(answer, response_type))

    def verified(self, raw: bytes) -> dict[str, str]:
        """The values of a form or query string that Alipay signed; NotifyRejected otherwise."""
        if len(raw) > MESSAGE_LIMIT:
            raise NotifyRejected("too long")
        try:
            text = raw.decode("ascii")
            pairs = parse_qsl(
                text, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=FIELD_LIMIT
            )
        except ValueError as error:
            raise NotifyRejected("not a form") from error
        values = dict(pairs)
        if len(values) != len(pairs):
            raise NotifyRejected("a key comes twice")
        if values.get("sign_type") != self.sign_type:
            raise NotifyRejected("wrong sign_type")
        if values.get("charset", "").lower() != "utf-8":
            raise NotifyRejected("wrong charset")
        unsigned = {key: value for key, value in values.items() if key != "sign"}
        try:
            genuine = self.verify(unsigned, values.get("sign", ""))
        except NO_BELIEVABLE_ANSWER as error:
            raise NotifyRejected("signature cannot be read") from error
        if not genuine:
            raise NotifyRejected("signature is wrong")
        return values


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


def refusal(answer: Mapping[str, Any]) -> Outcome:
    """What a refused call says: no, or nothing about what happened."""
    code, sub = str(answer.get("code") or ""), str(answer.get("sub_code") or "")
    # Alipay spells it ACQ. and AQC.; either way the system's own error says nothing about the money.
    if code in ("", "20000") or sub.endswith("SYSTEM_ERROR"):
        return Outcome.UNKNOWN
    return Outcome.REFUSED
