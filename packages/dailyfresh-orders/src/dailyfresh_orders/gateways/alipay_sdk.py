"""python-alipay-sdk with what it lacks: a gateway of one's own, China's time, a deadline, POST, and silence."""

import http.client
import logging
import sys
from datetime import datetime, timedelta, timezone
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .wire import post

# The SDK's own `loggers` module runs logging.config.dictConfig when it is imported, and that closes every handler the
# site has opened. A stand-in with the one name that the SDK takes from it keeps the site's logging as it is.
_loggers = ModuleType("alipay.loggers")
_loggers.logger = logging.getLogger(__name__)  # type: ignore[attr-defined]
sys.modules.setdefault("alipay.loggers", _loggers)

from alipay import AliPay  # noqa: E402
from alipay.exceptions import AliPayException, AliPayValidationError  # noqa: E402

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
