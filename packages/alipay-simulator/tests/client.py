"""A merchant's client of our own, independent of every SDK: signs, asks, and verifies over the very bytes it got."""

import base64
import json
import re
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding


class NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = build_opener(ProxyHandler({}), NoRedirect)


def http(url, form=None, **headers):
    """(status, body, headers) of one request, redirects not followed."""
    try:
        answer = OPENER.open(Request(url, urlencode(form).encode() if form is not None else None, headers), timeout=10)
    except HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.read().decode(errors="replace"), answer.headers


class Client:
    def __init__(self, simulator):
        self.url, self.app_id = simulator.url, simulator.app_id
        self._private = serialization.load_pem_private_key(simulator.app_private_key_file.read_bytes(), None)
        self._alipay = serialization.load_pem_public_key(simulator.alipay_public_key_file.read_bytes())

    def request(self, method, content, **changes):
        """The signed parameters of a request; a change of None leaves one out."""
        params = {
            "app_id": self.app_id,
            "method": method,
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": "2026-11-23 12:00:00",
            "version": "1.0",
            "biz_content": content if isinstance(content, str) else json.dumps(content),
            **changes,
        }
        params = {key: value for key, value in params.items() if value is not None}
        text = "&".join(f"{key}={value}" for key, value in sorted(params.items()) if value and key != "sign")
        sign = self._private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return {"sign": base64.b64encode(sign).decode(), **params}

    def ask(self, method, content, *, by="post", **changes):
        """The answer's values, with `name` of its envelope and whether it was `signed`."""
        params = self.request(method, content, **changes)
        if by == "get":
            status, body, _ = http(f"{self.url}?{urlencode(params)}")
        elif by == "both":
            form = {"biz_content": params.pop("biz_content")}
            status, body, _ = http(f"{self.url}?{urlencode(params)}", form)
        else:
            status, body, _ = http(self.url, params)
        assert status == 200, body
        return self.read(body)

    def read(self, body):
        name, text, signature = re.fullmatch(r'\{"(\w+_response)":(\{.*\})(?:,"sign":"([^"]+)")?\}', body).groups()
        if signature:
            self.verify(text, signature)
        return {"name": name, "signed": bool(signature), **json.loads(text)}

    def verify(self, text, signature):
        """InvalidSignature unless Alipay signed this text."""
        self._alipay.verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())

    def verify_fields(self, fields):
        """The same for the fields of a notify or a return address."""
        text = "&".join(f"{k}={v}" for k, v in sorted(fields.items()) if k not in ("sign", "sign_type"))
        self.verify(text, fields["sign"])

    def page(
        self, number="t1", *, notify_url="http://127.0.0.1:9/notify", return_url="http://127.0.0.1:9/back", **more
    ):
        """The address that a buyer is sent to, to pay ¥88.80."""
        content = {
            "out_trade_no": number,
            "total_amount": "88.80",
            "subject": "草莓 {樱桃}",
            "product_code": "FAST_INSTANT_TRADE_PAY",
            **more,
        }
        params = self.request("alipay.trade.page.pay", content, notify_url=notify_url, return_url=return_url)
        return f"{self.url}?{urlencode(params)}"

    def status(self, number="t1"):
        """What `alipay.trade.query` says: the trade's status, or the reason why there is none."""
        answer = self.ask("alipay.trade.query", {"out_trade_no": number})
        return answer.get("trade_status") or answer["sub_code"]
