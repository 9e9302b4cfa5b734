"""What changes orders, payments and reviews: the door for views, tasks and sites."""

from .accounts.adopting import adopt
from .accounts.forgetting import anonymise
from .books.auditing import audit, disagreements
from .books.closing import close_days, reopen_days
from .cancelling import cancel_order, open_steps, pass_time
from .checkout.baskets import settle_baskets
from .checkout.placing import Placed, place_order
from .limits import payable_by
from .messages.addressing import address_messages
from .messages.low_stock import tell_low_stock
from .messages.reading import choose_messages, mark_read
from .messages.sending import remove_old_messages, send_again, send_letters
from .messages.telling import tell_back_in_stock
from .messages.writing import example_of, in_the_language_of, path_of, words_of, write
from .noting import leave_note
from .payments.asking import (
    ask,
    close_open_payments,
    finish_cancellations,
    make_payments_due,
    sweep,
    sweep_refunds,
)
from .payments.changing import change_payment, other_ways
from .payments.deciding import approve_refund, decline_refund, retry_refund, withdraw_refund
from .payments.giving import Given, Instead, give, open_of
from .payments.ledger import keep_notice
from .payments.paying_back import resolve_refund, send_refund
from .payments.reconciling import reconcile
from .payments.refundable import Refundable, refundable_of
from .payments.refunding import refund_askable, refund_lines, request_refund, return_disputed
from .payments.settling import Settlement, settle
from .payments.starting import start_payment
from .pictures.drawing import draw_pictures
from .rescheduling import Moves, may_reschedule, moves_of, reschedule
from .reviewing import REVIEWABLE, Words, masked, moderate, reply_to, review_order
from .transitions import finish, finish_cancel, receive, request_cancel, ship, withdraw

__all__ = [
    "REVIEWABLE",
    "Given",
    "Instead",
    "Moves",
    "Placed",
    "Refundable",
    "Settlement",
    "Words",
    "address_messages",
    "adopt",
    "anonymise",
    "approve_refund",
    "ask",
    "audit",
    "cancel_order",
    "change_payment",
    "choose_messages",
    "close_days",
    "close_open_payments",
    "decline_refund",
    "disagreements",
    "draw_pictures",
    "example_of",
    "finish",
    "finish_cancel",
    "finish_cancellations",
    "give",
    "in_the_language_of",
    "keep_notice",
    "leave_note",
    "make_payments_due",
    "mark_read",
    "masked",
    "may_reschedule",
    "moderate",
    "moves_of",
    "open_of",
    "open_steps",
    "other_ways",
    "pass_time",
    "path_of",
    "payable_by",
    "place_order",
    "receive",
    "reconcile",
    "refund_askable",
    "refund_lines",
    "refundable_of",
    "remove_old_messages",
    "reopen_days",
    "reply_to",
    "request_cancel",
    "request_refund",
    "reschedule",
    "resolve_refund",
    "retry_refund",
    "return_disputed",
    "review_order",
    "send_again",
    "send_letters",
    "send_refund",
    "settle",
    "settle_baskets",
    "ship",
    "start_payment",
    "sweep",
    "sweep_refunds",
    "tell_back_in_stock",
    "tell_low_stock",
    "withdraw",
    "withdraw_refund",
    "words_of",
    "write",
]
