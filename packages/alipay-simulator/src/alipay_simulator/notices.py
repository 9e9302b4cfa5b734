"""What Alipay tells a merchant unasked: the fields of a notify and of the return address, signed."""

from collections.abc import Mapping
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import rsa

from .formats import buyer_number, china, masked, money
from .keys import APP_ID, SELLER_ID, Keys, signed_text
from .trades import FINISHED, SUCCESS, Order, Trade


def notify_fields(trade: Trade, *, now: float, refund_no: str = "") -> dict[str, str]:
    """The notify about the trade's present state, unsigned; `now` in seconds since the epoch."""
    amount = money(trade.order.fen)
    fields = {
        "notify_time": china(now),
        "notify_type": "trade_status_sync",
        "notify_id": f"{trade.trade_no}{int(now * 1000)}",
        "charset": "utf-8",
        "version": "1.0",
        "app_id": APP_ID,
        "auth_app_id": APP_ID,
        "trade_no": trade.trade_no,
        "out_trade_no": trade.out_trade_no,
        "buyer_id": buyer_number(trade.buyer),
        "buyer_logon_id": masked(trade.buyer),
        "seller_id": SELLER_ID,
        "seller_email": "shop@sandbox.example",
        "trade_status": trade.status,
        "total_amount": amount,
        "receipt_amount": amount,
        "invoice_amount": amount,
        "buyer_pay_amount": amount,
        "point_amount": "0.00",
        "subject": trade.order.subject,
        "body": trade.order.field("body"),
        "passback_params": trade.order.field("passback_params"),
        "gmt_create": china(trade.created),
        "gmt_payment": china(trade.paid or now),
        "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
    }
    if trade.refunded:
        fields |= {"refund_fee": money(trade.refunded), "gmt_refund": f"{china(now)}.123", "out_biz_no": refund_no}
    if trade.closed and trade.status not in (SUCCESS, FINISHED):
        fields["gmt_close"] = china(trade.closed)
    # Empty values are the one thing on which the clients disagree whether they are signed: there are none.
    return {key: value for key, value in fields.items() if value}


def signed(fields: Mapping[str, str], *, keys: Keys, forged: bool = False) -> dict[str, str]:
    """The fields with `sign` and `sign_type`, signed by Alipay's key; forged: by one that nobody knows."""
    text = signed_text(fields, leave_out={"sign", "sign_type"})
    if forged:
        sign = Keys.signed_by(rsa.generate_private_key(public_exponent=65537, key_size=2048), text)
    else:
        sign = keys.sign(text)
    return {"sign_type": "RSA2", **fields, "sign": sign}


def return_url(order: Order, trade_no: str, *, now: float, keys: Keys) -> str:
    """Where the browser goes after paying, signed; it says nothing about the state of the trade. "" for none."""
    url = order.field("return_url")
    if not url:
        return ""
    fields = {
        "charset": "utf-8",
        "out_trade_no": order.out_trade_no,
        "method": f"{order.field('method')}.return",
        "total_amount": money(order.fen),
        "trade_no": trade_no,
        "auth_app_id": APP_ID,
        "version": "1.0",
        "app_id": APP_ID,
        "seller_id": SELLER_ID,
        "timestamp": china(now),
    }
    fields = {key: value for key, value in fields.items() if value}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(signed(fields, keys=keys))}"
