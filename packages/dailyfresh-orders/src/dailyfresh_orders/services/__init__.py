"""What changes orders, payments and reviews: the door for views, tasks and sites."""

from .auditing import audit, disagreements
from .baskets import settle_baskets
from .cancelling import cancel_order, pass_time
from .drawing import draw_pictures
from .limits import payable_by
from .payments.asking import (
    ask,
    close_open_payments,
    finish_cancellations,
    make_payments_due,
    sweep,
    sweep_refunds,
)
from .payments.changing import change_payment, other_ways
from .payments.ledger import keep_notice
from .payments.paying_back import resolve_refund, send_refund
from .payments.reconciling import reconcile
from .payments.refundable import Refundable, refundable_of
from .payments.refunding import (
    approve_refund,
    decline_refund,
    refund_askable,
    refund_lines,
    request_refund,
    retry_refund,
    return_disputed,
    withdraw_refund,
)
from .payments.settling import Settlement, settle
from .payments.starting import start_payment
from .placing import Placed, place_order
from .reviewing import REVIEWABLE, Words, masked, moderate, reply_to, review_order
from .sales import close_days, reopen_days
from .transitions import anonymise, finish, finish_cancel, receive, request_cancel, ship, withdraw

__all__ = [
    "REVIEWABLE",
    "Placed",
    "Refundable",
    "Settlement",
    "Words",
    "anonymise",
    "approve_refund",
    "ask",
    "audit",
    "cancel_order",
    "change_payment",
    "close_days",
    "close_open_payments",
    "decline_refund",
    "disagreements",
    "draw_pictures",
    "finish",
    "finish_cancel",
    "finish_cancellations",
    "keep_notice",
    "make_payments_due",
    "masked",
    "moderate",
    "other_ways",
    "pass_time",
    "payable_by",
    "place_order",
    "receive",
    "reconcile",
    "refund_askable",
    "refund_lines",
    "refundable_of",
    "reopen_days",
    "reply_to",
    "request_cancel",
    "request_refund",
    "resolve_refund",
    "retry_refund",
    "return_disputed",
    "review_order",
    "send_refund",
    "settle",
    "settle_baskets",
    "ship",
    "start_payment",
    "sweep",
    "sweep_refunds",
    "withdraw",
    "withdraw_refund",
]
