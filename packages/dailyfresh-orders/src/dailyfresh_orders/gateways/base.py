"""What a payment gateway is: values that travel, three outcomes, and one class to subclass."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.core.checks import CheckMessage
from django.utils.functional import Promise


class TradeState(StrEnum):
    """What a gateway knows about one trade."""

    NOT_FOUND = "not_found"
    """Nothing yet: Alipay makes a trade when the buyer signs in at the cashier, not when we send them there."""
    WAITING = "waiting"
    PAID = "paid"
    FINISHED = "finished"
    """Paid, and no longer refundable through the gateway."""
    CLOSED = "closed"
    """Never paid, or paid and refunded in full: `paid_at` and `refunded` tell which."""
    UNKNOWN = "unknown"
    """No answer that can be believed. Never means unpaid."""


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    """Said no, with a code, and did nothing."""
    UNKNOWN = "unknown"
    """May have happened: ask, or repeat under the same number."""


class CloseOutcome(StrEnum):
    CLOSED = "closed"
    NOT_FOUND = "not_found"
    """No trade to close, and a buyer with the cashier still open can make one until the payment expires."""
    ALREADY_PAID = "already_paid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PaymentRequest:
    """What the buyer is asked to pay; `out_trade_no` is letters, digits and underscores, at most 64."""

    out_trade_no: str
    amount: Decimal
    currency: str
    subject: str
    return_url: str
    notify_url: str
    expires_at: datetime | None = None
    mobile: bool = False


@dataclass(frozen=True)
class Redirect:
    """Where the browser goes to pay."""

    url: str


@dataclass(frozen=True)
class Message:
    """An HTTP request from outside, untouched: signatures are made over the very bytes."""

    method: str
    query: str
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


LONGEST = 64
"""Characters of a gateway's numbers, and of a masked account."""
EARLIEST, LATEST = 2000, 2999
"""Years in which something may have been paid."""


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What a gateway said about one trade, believed: signature, application and seller are checked."""

    out_trade_no: str
    state: TradeState
    source: str
    trade_no: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    buyer: str = ""
    """The buyer's account, masked."""
    paid_at: datetime | None = None
    refunded: Decimal = Decimal("0.00")
    """Given back so far, over all refunds of the trade."""
    refund_no: str = ""
    """The refund that caused this message, if one did."""
    event: str = ""
    """The gateway's own number of the message: the same over redeliveries."""

    def __post_init__(self) -> None:
        """ValueError for what the books cannot hold, whoever signed it: a number of 300 signs, a payment in the year 1."""
        for text in (self.out_trade_no, self.trade_no, self.buyer, self.refund_no, self.event):
            if len(text) > LONGEST or not text.isprintable():
                raise ValueError(f"{text[:LONGEST]!r} is no number that the books hold")
        if self.paid_at is not None and not EARLIEST <= self.paid_at.year <= LATEST:
            raise ValueError(f"nothing was paid in the year {self.paid_at.year}")


@dataclass(frozen=True)
class RefundOutcome:
    outcome: Outcome
    code: str = ""


class GatewayError(Exception):
    """Something that a gateway will not do or believe."""


class NotifyRejected(GatewayError):
    """A message that does not prove where it comes from, or is not meant for us."""


LEAST = Decimal("0.01")
MOST = Decimal("100000000.00")


class BadAmount(ValueError):
    """No amount of money, as gateways write them: yuan with two places, no exponent, no separator, no locale."""


def written(amount: Decimal) -> str:
    """ "88.80" for Decimal("88.8"); BadAmount for more than two places, a float, or what nobody may pay."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise BadAmount("Amounts are finite Decimals")
    if amount != amount.quantize(LEAST) or not LEAST <= amount <= MOST:
        raise BadAmount(f"{amount} cannot be paid")
    return f"{amount:.2f}"


def parsed(text: object) -> Decimal:
    """The amount that a gateway wrote; BadAmount for "1e2", "1,00", " 1", "１" or more than two places."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,2})?", text):
        raise BadAmount("Not an amount")
    return Decimal(text).quantize(LEAST)


class PaymentGateway(ABC):
    """A way to pay. No ORM, no request, no order: a pure adapter, so that one suite can judge them all.

    Options of the setting are keyword-only constructor arguments. One instance serves a process and all its threads.
    """

    code: str = ""
    """The key of the setting GATEWAYS, given by the registry."""
    label: str | Promise = ""
    currencies: tuple[str, ...] = ("CNY",)
    online: bool = True
    """Whether a buyer pays at the gateway now; if not, orders go straight to shipping."""

    @abstractmethod
    def create(self, request: PaymentRequest) -> Redirect:
        """Where to send the browser: signs, asks nobody, and is the same trade for the same `out_trade_no`."""

    @abstractmethod
    def query(self, out_trade_no: str) -> Observation:
        """What the gateway knows; never raises for a gateway that is away (UNKNOWN)."""

    @abstractmethod
    def verify_notify(self, message: Message) -> Observation:
        """What a notify says, or `NotifyRejected`."""

    @abstractmethod
    def verify_return(self, message: Message) -> str:
        """The `out_trade_no` of a browser coming back, or `NotifyRejected`. Proves nothing about the payment."""

    @abstractmethod
    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        """Give money back, once per `out_request_no` however often it is asked."""

    @abstractmethod
    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        """DONE, REFUSED (code "not_found": it did not happen) or UNKNOWN."""

    @abstractmethod
    def close(self, out_trade_no: str) -> CloseOutcome:
        """Make sure that an unpaid trade can no longer be paid."""

    def acknowledge(self, accepted: bool) -> tuple[str, str]:
        """Body and content type that answer a notify."""
        return ("success" if accepted else "fail", "text/plain")

    def origins(self) -> list[str]:
        """Origins that a browser is sent to: what a Content-Security-Policy has to name in `form-action`."""
        return []

    def check(self) -> list[CheckMessage]:
        """System check messages about the options."""
        return []
