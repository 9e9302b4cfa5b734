"""What changes limits and wallets: offers taken and given back with an order, coupons issued."""

from .announcing import announce
from .auditing import audit, disagreements
from .giving_back import CODES, forget, give_back, mark_used
from .issuing import hand_out, issue, issue_by_code, unknown_names, void
from .taking import Had, Take, had_by, take

__all__ = [
    "CODES",
    "Had",
    "Take",
    "announce",
    "audit",
    "disagreements",
    "forget",
    "give_back",
    "had_by",
    "hand_out",
    "issue",
    "issue_by_code",
    "mark_used",
    "take",
    "unknown_names",
    "void",
]
