"""Payments and refunds: started here, settled in one place, swept until nothing is open."""

from .asking import ask, close_open_payments, hurry
from .paying_back import resolve_refund, send_refund
from .reconciling import reconcile
from .refunding import (
    approve_refund,
    decline_refund,
    refund_askable,
    refund_lines,
    request_refund,
    retry_refund,
    return_disputed,
    withdraw_refund,
)
from .room import room_of
from .settling import Settlement, settle
from .starting import start_payment
from .sweeping import finish_cancellations, sweep, sweep_refunds

__all__ = [
    "Settlement",
    "approve_refund",
    "ask",
    "close_open_payments",
    "decline_refund",
    "finish_cancellations",
    "hurry",
    "reconcile",
    "refund_askable",
    "refund_lines",
    "request_refund",
    "resolve_refund",
    "retry_refund",
    "return_disputed",
    "room_of",
    "send_refund",
    "settle",
    "start_payment",
    "sweep",
    "sweep_refunds",
    "withdraw_refund",
]
