"""The ways to pay that the site configured (setting GATEWAYS)."""

from functools import lru_cache

from dailyfresh_core.loading import Setting, build

from ..conf import NAME, conf
from .base import PaymentGateway

__all__ = ["PaymentGateway", "UnknownGateway", "by_hand", "configured", "gateway", "label_of", "origins"]


class UnknownGateway(LookupError):
    """No gateway of this code is configured."""


def gateway(code: str) -> PaymentGateway:
    """The gateway of this code: one per process and configuration, shared by all threads."""
    setting = conf.GATEWAYS.get(code)
    if setting is None:
        raise UnknownGateway(code)
    return _made(code, Setting(setting), conf.ALLOW_LOOPBACK_SIMULATOR)


def configured() -> list[PaymentGateway]:
    """Every configured gateway, in the order of the setting."""
    return [gateway(code) for code in conf.GATEWAYS]


def label_of(code: str) -> str:
    """How a way to pay is called on pages; the bare code when it is no longer configured."""
    try:
        return str(gateway(code).label)
    except UnknownGateway:
        return code


def by_hand(code: str) -> bool:
    """Whether money goes from hand to hand this way, as with cash on delivery; not known of what is no longer configured: False."""
    try:
        return not gateway(code).online
    except UnknownGateway:
        return False


def origins() -> list[str]:
    """Origins that browsers are sent to to pay: for `form-action` in a Content-Security-Policy."""
    return list(dict.fromkeys(origin for each in configured() for origin in each.origins()))


@lru_cache(maxsize=32)
def _made(code: str, setting: Setting, allow_loopback: bool) -> PaymentGateway:
    where = f'{NAME}["GATEWAYS"]["{code}"]'
    made = build(setting.value, where=where, base=PaymentGateway)  # type: ignore[type-abstract]
    made.code = code
    made.label = made.label or code
    return made
