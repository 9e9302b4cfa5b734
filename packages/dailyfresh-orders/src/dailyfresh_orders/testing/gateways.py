"""What the package relies on in a payment gateway; also one of your own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

import pytest

from ..gateways.base import (
    CloseOutcome,
    GatewayError,
    Message,
    NotifyRejected,
    Outcome,
    PaymentGateway,
    PaymentRequest,
    Redirect,
    TradeState,
)

PAID = (TradeState.PAID, TradeState.FINISHED)


class Till(Protocol):
    """The provider's side of the tests: a sandbox, or a simulator."""

    def pay(self, goal: Redirect) -> None:
        """Do what a buyer does at the address that `create` gave, to the end."""
        ...

    def notify(self, out_trade_no: str) -> Message:
        """The message that the provider sends about a paid trade."""
        ...

    def tampered(self, message: Message) -> Message:
        """The same message about another amount, under the old signature."""
        ...

    def go_silent(self) -> None:
        """Let the next call, and all after it, get no answer."""
        ...


class GatewayContract:
    """Inherit it and give the fixture `gateway`; an online one also `till`. `number(n)` gives numbers unused so far."""

    amount = Decimal("88.80")
    deadline = 10.0
    """Seconds within which every call is over, whatever the provider does."""

    @pytest.fixture
    def number(self) -> Callable[[int], str]:
        stamp = f"T{time.time_ns()}"
        return lambda n: f"{stamp}_{n}"

    @pytest.fixture
    def till(self) -> Till | None:
        return None

    @pytest.fixture
    def online(self, gateway: PaymentGateway) -> PaymentGateway:
        if not gateway.online:
            pytest.skip("nothing is paid online here")
        return gateway

    def request(self, number: str, **changes: object) -> PaymentRequest:
        asked = PaymentRequest(
            out_trade_no=number,
            amount=self.amount,
            currency="CNY",
            subject='Strawberries {} <>&"% 草莓 🍓 ' + "x" * 300,
            return_url="http://127.0.0.1:9/return",
            notify_url="http://127.0.0.1:9/notify",
            expires_at=datetime.now(UTC) + timedelta(minutes=30),
        )
        return replace(asked, **changes)  # type: ignore[arg-type]

    def paid(self, gateway: PaymentGateway, till: Till, number: str) -> str:
        till.pay(gateway.create(self.request(number)))
        return number

    def test_says_what_it_is(self, gateway: PaymentGateway) -> None:
        assert str(gateway.label)
        assert all(len(currency) == 3 for currency in gateway.currencies)
        assert isinstance(gateway.check(), list)
        assert all(origin.count("/") == 2 for origin in gateway.origins())

    def test_acknowledges_in_two_ways(self, gateway: PaymentGateway) -> None:
        assert gateway.acknowledge(True) != gateway.acknowledge(False)

    def test_believes_no_message_without_proof(self, gateway: PaymentGateway) -> None:
        form = "application/x-www-form-urlencoded"
        for body in (b"", b"a", b"%ff=%ff", b"sign=x&trade_status=TRADE_SUCCESS", b"{}", b"a=1&a=2", b"\xff" * 70_000):
            for method, kind in (("POST", form), ("POST", "application/json"), ("GET", form), ("POST", "")):
                with pytest.raises(NotifyRejected):
                    gateway.verify_notify(Message(method, "", body, kind))
            with pytest.raises(NotifyRejected):
                gateway.verify_return(Message("GET", body.decode("latin-1"), b"", ""))

    def test_an_offline_gateway_has_no_page_to_pay_on(
        self, gateway: PaymentGateway, number: Callable[[int], str]
    ) -> None:
        if gateway.online:
            assert gateway.create(self.request(number(1))).url.startswith("http")
        else:
            with pytest.raises(GatewayError):
                gateway.create(self.request(number(1)))

    def test_takes_only_its_currencies_and_payable_amounts(
        self, online: PaymentGateway, number: Callable[[int], str]
    ) -> None:
        for changes in (
            {"currency": "XXX"},
            {"amount": Decimal(0)},
            {"amount": Decimal("-1")},
            {"amount": Decimal("0.001")},
            {"amount": Decimal("NaN")},
            {"amount": 1.1},
        ):
            with pytest.raises((GatewayError, ValueError)):
                online.create(self.request(number(1), **changes))

    def test_nothing_is_paid_before_the_buyer_pays(self, online: PaymentGateway, number: Callable[[int], str]) -> None:
        online.create(self.request(number(1)))
        assert online.query(number(1)).state in (TradeState.NOT_FOUND, TradeState.WAITING)

    def test_a_paid_trade_says_what_was_paid(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        seen = online.query(self.paid(online, till, number(1)))
        assert (seen.out_trade_no, seen.state, seen.amount, seen.currency) == (
            number(1),
            TradeState.PAID,
            self.amount,
            "CNY",
        )
        assert seen.trade_no
        assert seen.paid_at is not None
        assert abs((seen.paid_at - datetime.now(UTC)).total_seconds()) < 600

    def test_a_notify_is_believed_as_it_was_sent_and_not_otherwise(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        message = till.notify(self.paid(online, till, number(1)))
        seen = online.verify_notify(message)
        assert (seen.out_trade_no, seen.state, seen.amount) == (number(1), TradeState.PAID, self.amount)
        assert online.verify_notify(message) == seen
        with pytest.raises(NotifyRejected):
            online.verify_notify(till.tampered(message))
        with pytest.raises(NotifyRejected):
            online.verify_notify(replace(message, method="GET"))

    def test_money_goes_back_once_under_one_number(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        trade = self.paid(online, till, number(1))
        assert online.query_refund(trade, "R1").outcome == Outcome.REFUSED
        assert online.query_refund(trade, "R1").code == "not_found"
        assert online.refund(trade, Decimal("80.00"), "R1", "{bad} & <late>").outcome == Outcome.DONE
        again = online.refund(trade, Decimal("80.00"), "R1").outcome
        assert again in (Outcome.DONE, Outcome.UNKNOWN)
        assert online.query_refund(trade, "R1").outcome == Outcome.DONE
        assert online.refund(trade, Decimal("8.81"), "R2").outcome == Outcome.REFUSED
        assert online.refund(trade, Decimal("8.80"), "R3").outcome == Outcome.DONE
        assert online.query(trade).state not in PAID

    def test_what_never_was_paid_is_not_refunded(self, online: PaymentGateway, number: Callable[[int], str]) -> None:
        assert online.refund(number(1), Decimal("1.00"), "R1").outcome == Outcome.REFUSED

    def test_a_paid_trade_cannot_be_closed(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        assert online.close(self.paid(online, till, number(1))) == CloseOutcome.ALREADY_PAID
        assert online.query(number(1)).state == TradeState.PAID

    def test_a_trade_that_is_not_there_is_said_not_to_be_there(
        self, online: PaymentGateway, number: Callable[[int], str]
    ) -> None:
        assert online.query(number(7)).state == TradeState.NOT_FOUND
        assert online.close(number(7)) in (CloseOutcome.NOT_FOUND, CloseOutcome.CLOSED)

    def test_silence_is_unknown_and_soon_over(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        trade = self.paid(online, till, number(1))
        till.go_silent()
        begun = time.monotonic()
        assert online.query(trade).state == TradeState.UNKNOWN
        assert online.refund(trade, Decimal("1.00"), "R1").outcome == Outcome.UNKNOWN
        assert online.query_refund(trade, "R1").outcome == Outcome.UNKNOWN
        assert online.close(trade) == CloseOutcome.UNKNOWN
        assert time.monotonic() - begun < 4 * self.deadline

    def test_one_instance_serves_many_threads(
        self, online: PaymentGateway, till: Till, number: Callable[[int], str]
    ) -> None:
        trades = [number(n) for n in range(6)]
        for trade in trades[::2]:
            self.paid(online, till, trade)
        with ThreadPoolExecutor(6) as pool:
            seen = list(pool.map(online.query, trades * 3))
        assert [each.out_trade_no for each in seen] == trades * 3
        assert {each.out_trade_no for each in seen if each.state in PAID} == set(trades[::2])
