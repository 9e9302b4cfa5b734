"""Everything that changes accounts and what stands beside them."""

from .accounts import (
    activate_account,
    follow_account,
    open_account,
    remove_unactivated,
    request_password_reset,
    resend_activation,
)
from .addresses import add_address, delete_address, edit_address, set_default_address
from .guests import guests_have_mail, join_guest, open_guest, remove_old_guests
from .mails import leading_on, remove_old_mails, request_mail, send_due_mails
from .privacy import erase_account, export_account, finish_erasures
from .sessions import (
    check_credentials,
    end_session,
    end_sessions,
    forget_session,
    is_noted,
    keep_session,
    remove_expired_sessions,
)

__all__ = [
    "activate_account",
    "add_address",
    "check_credentials",
    "delete_address",
    "edit_address",
    "end_session",
    "end_sessions",
    "erase_account",
    "export_account",
    "finish_erasures",
    "follow_account",
    "forget_session",
    "guests_have_mail",
    "is_noted",
    "join_guest",
    "keep_session",
    "leading_on",
    "open_account",
    "open_guest",
    "remove_expired_sessions",
    "remove_old_guests",
    "remove_old_mails",
    "remove_unactivated",
    "request_mail",
    "request_password_reset",
    "resend_activation",
    "send_due_mails",
    "set_default_address",
]
