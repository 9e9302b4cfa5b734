"""Alipay through python-alipay-sdk: desktop and mobile web pages (alipay.trade.page.pay, .wap.pay)."""

import logging
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from .alipay_sdk import (
    ALREADY_PAID,
    CHINA,
    NO_BELIEVABLE_ANSWER,
    STATES,
    Sdk,
    china_time,
    clean,
    masked,
    readable_amount,
    refusal,
)
from .base import (
    CloseOutcome,
    GatewayError,
    Message,
    NotifyRejected,
    Observation,
    Outcome,
    PaymentGateway,
    PaymentRequest,
    Redirect,
    RefundOutcome,
    TradeState,
    parsed,
    written,
)
from .keys import BadKey, key_pair, read_key
from .wire import origin, refused_url

logger: logging.Logger = logging.getLogger(__name__)

PRODUCTION = "https://openapi.alipay.com/gateway.do"


class AlipayGateway(PaymentGateway):
    """Alipay for web shops.

    `app_id` and `seller_id` (the merchant's 2088… number) are Alipay's; keys come as text or as files, in any shape
    that Alipay's key tool gives. `server_url` is asked by us, `browser_url` (the same by default) is opened by the buyer.
    `deadline` seconds bound every call.
    """

    label = _("Alipay")

    def __init__(
        self,
        *,
        app_id: str,
        seller_id: str,
        app_private_key: str | None = None,
        app_private_key_file: str | Path | None = None,
        alipay_public_key: str | None = None,
        alipay_public_key_file: str | Path | None = None,
        server_url: str = PRODUCTION,
        browser_url: str | None = None,
        deadline: float = 5.0,
    ) -> None:
        self.app_id: str = str(app_id)
        self.seller_id: str = str(seller_id)
        self.server_url = server_url
        self.browser_url: str = browser_url or server_url
        self.deadline = deadline
        if not (self.app_id and self.seller_id):
            raise ImproperlyConfigured("AlipayGateway needs app_id and seller_id")
        for url in (self.server_url, self.browser_url):
            if why := refused_url(url, loopback_allowed=conf.ALLOW_LOOPBACK_SIMULATOR):
                raise ImproperlyConfigured(f"AlipayGateway: {url}: {why}")
        try:
            private, public = key_pair(
                read_key(app_private_key, app_private_key_file, what="app_private_key"),
                read_key(alipay_public_key, alipay_public_key_file, what="alipay_public_key"),
            )
        except BadKey as error:
            raise ImproperlyConfigured(f"AlipayGateway: {error}") from error
        self._sdk = Sdk(
            appid=self.app_id,
            app_private_key_string=private,
            alipay_public_key_string=public,
            server_url=self.server_url,
            deadline=deadline,
        )

    def create(self, request: PaymentRequest) -> Redirect:
        if request.currency not in self.currencies:
            raise GatewayError(f"Alipay takes {', '.join(self.currencies)}, not {request.currency}")
        if not re.fullmatch(r"\w{1,64}", request.out_trade_no, re.ASCII):
            raise GatewayError(f"{request.out_trade_no!r} is no number for Alipay")
        extra = {}
        if request.expires_at:
            extra["time_expire"] = request.expires_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
        if request.mobile:
            # The SDK's own default QUICK_WAP_PAY is not what Alipay documents.
            pay, extra["product_code"] = self._sdk.api_alipay_trade_wap_pay, "QUICK_WAP_WAY"
        else:
            pay = self._sdk.api_alipay_trade_page_pay
        query = pay(
            subject=clean(request.subject, 128) or request.out_trade_no,
            out_trade_no=request.out_trade_no,
            total_amount=written(request.amount),
            return_url=request.return_url,
            notify_url=request.notify_url,
            **extra,
        )
        return Redirect(f"{self.browser_url}?{query}")

    def query(self, out_trade_no: str) -> Observation:
        answer = self._ask("alipay.trade.query", {"out_trade_no": out_trade_no})
        if answer.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return Observation(out_trade_no=out_trade_no, state=TradeState.NOT_FOUND, source="query")
        if answer.get("code") != "10000" or answer.get("out_trade_no") != out_trade_no:
            return Observation(out_trade_no=out_trade_no, state=TradeState.UNKNOWN, source="query")
        try:
            return self._observed({**answer, "gmt_payment": answer.get("send_pay_date")}, source="query")
        except NotifyRejected:
            logger.exception("Alipay's answer about %s makes no sense", out_trade_no)
            return Observation(out_trade_no=out_trade_no, state=TradeState.UNKNOWN, source="query")

    def verify_notify(self, message: Message) -> Observation:
        if (
            message.method != "POST"
            or message.content_type.split(";")[0].strip() != "application/x-www-form-urlencoded"
        ):
            raise NotifyRejected("not a form that was posted")
        values = self._verified(message.body)
        if values.get("notify_type") != "trade_status_sync":
            raise NotifyRejected(f"notify_type is {values.get('notify_type')!r}")
        return self._observed(values, source="notify")

    def verify_return(self, message: Message) -> str:
        return self._verified(message.query.encode())["out_trade_no"]

    def refund(self, out_trade_no: str, amount: Decimal, out_request_no: str, reason: str = "") -> RefundOutcome:
        content = {"out_trade_no": out_trade_no, "refund_amount": written(amount), "out_request_no": out_request_no}
        if reason := clean(reason, 256):
            content["refund_reason"] = reason
        answer = self._ask("alipay.trade.refund", content)
        code = str(answer.get("sub_code") or answer.get("code") or "")
        if answer.get("code") == "10000":
            # Without fund_change=Y no money moved in this call: it is an old refund answered again, or still under way.
            return RefundOutcome(Outcome.DONE if answer.get("fund_change") == "Y" else Outcome.UNKNOWN, code)
        return RefundOutcome(refusal(answer), code)

    def query_refund(self, out_trade_no: str, out_request_no: str) -> RefundOutcome:
        content = {"out_trade_no": out_trade_no, "out_request_no": out_request_no}
        answer = self._ask("alipay.trade.fastpay.refund.query", content)
        code = str(answer.get("sub_code") or answer.get("code") or "")
        if answer.get("code") == "10000":
            if not answer.get("refund_amount"):
                return RefundOutcome(Outcome.REFUSED, "not_found")
            done = answer.get("refund_status") in (None, "", "REFUND_SUCCESS")
            return RefundOutcome(Outcome.DONE if done else Outcome.UNKNOWN, code)
        if code == "ACQ.TRADE_NOT_EXIST":
            return RefundOutcome(Outcome.REFUSED, "not_found")
        return RefundOutcome(Outcome.UNKNOWN, code)

    def close(self, out_trade_no: str) -> CloseOutcome:
        # Never alipay.trade.cancel: on a trade that was just paid it refunds the buyer.
        answer = self._ask("alipay.trade.close", {"out_trade_no": out_trade_no})
        code = answer.get("sub_code")
        if answer.get("code") == "10000" or code == "ACQ.TRADE_HAS_CLOSE":
            return CloseOutcome.CLOSED
        if code == "ACQ.TRADE_NOT_EXIST":
            return CloseOutcome.NOT_FOUND
        return CloseOutcome.ALREADY_PAID if code in ALREADY_PAID else CloseOutcome.UNKNOWN

    def origins(self) -> list[str]:
        return [origin(self.browser_url)]

    def check(self) -> list[CheckMessage]:
        if urlsplit(self.server_url).scheme != "https":
            return []
        found: list[CheckMessage] = []
        if origin(self.server_url) != origin(PRODUCTION):
            found.append(
                CheckWarning(
                    f"Payments go to {origin(self.server_url)}, which is not Alipay's production gateway.",
                    hint="Right for Alipay's sandbox, wrong for a shop that is open.",
                    id="dailyfresh_orders.W103",
                )
            )
        if conf.PUBLIC_URL and urlsplit(conf.PUBLIC_URL).scheme != "https":
            found.append(
                CheckWarning(
                    f"Alipay is told to notify {conf.PUBLIC_URL}, without encryption.",
                    hint='Set PUBLIC_URL to the site\'s "https://…".',
                    id="dailyfresh_orders.W104",
                )
            )
        return found

    def _ask(self, method: str, content: dict[str, str]) -> Mapping[str, Any]:
        """The signed answer as it came, {} when none can be believed."""
        try:
            answer: dict[str, Any] = self._sdk.server_api(method, content)
        except NO_BELIEVABLE_ANSWER as error:
            # The text of an AliPayException is Alipay's raw answer, which holds the buyer's account: only its kind is logged.
            logger.warning("%s of %s: no believable answer (%s)", method, content["out_trade_no"], type(error).__name__)
            return {}
        if answer.get("code") not in ("10000", "40004", "20000"):
            logger.error("%s: Alipay refuses our set-up: %s %s", method, answer.get("code"), answer.get("sub_code"))
        return answer

    def _verified(self, raw: bytes) -> dict[str, str]:
        """The values of a signed form or query string that is meant for this application and seller."""
        values = self._sdk.verified(raw)
        if values.get("app_id") != self.app_id or values.get("auth_app_id", self.app_id) != self.app_id:
            raise NotifyRejected("for another application")
        if values.get("seller_id") != self.seller_id:
            raise NotifyRejected("for another seller")
        if not re.fullmatch(r"\w{1,64}", values.get("out_trade_no", ""), re.ASCII):
            raise NotifyRejected("no out_trade_no of ours")
        return values

    def _observed(self, values: Mapping[str, Any], *, source: str) -> Observation:
        state = STATES.get(str(values.get("trade_status")))
        if state is None:
            raise NotifyRejected(f"trade_status is {values.get('trade_status')!r}")
        try:
            return Observation(
                out_trade_no=str(values["out_trade_no"]),
                state=state,
                source=source,
                trade_no=str(values.get("trade_no") or ""),
                amount=readable_amount(values.get("total_amount")),
                buyer=masked(str(values.get("buyer_logon_id") or values.get("buyer_id") or "")),
                paid_at=china_time(values.get("gmt_payment")),
                refunded=parsed(values.get("refund_fee") or "0"),
                refund_no=str(values.get("out_biz_no") or "") if values.get("gmt_refund") else "",
                event=str(values.get("notify_id") or ""),
            )
        except (ValueError, KeyError) as error:
            raise NotifyRejected("an amount, a time or a number makes no sense") from error
