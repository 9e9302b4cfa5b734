"""What can go wrong with an account, each stating the fact."""

from typing import ClassVar


class UsernameTaken(Exception):
    """Another account got this name first."""


class TooManyAddresses(Exception):
    """The account keeps as many addresses as the site allows (setting ADDRESS_LIMIT)."""


class Throttled(Exception):
    """Too many attempts; the next one is welcome after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class ExportIncomplete(Exception):
    """A receiver of `account_exporting` failed, and a part must not be left out unsaid."""


class ErasureRefused(Exception):
    """This account cannot be erased now; the text is shown to its owner.

    Receivers of `account_erasing` may raise it, with a translated text.
    """


class ActivationRefused(Exception):
    """An activation link that does nothing; `why` names the reason on the page."""

    why: ClassVar[str]


class LinkForged(ActivationRefused):
    """Not a link of this site, or not of this purpose, or damaged on the way."""

    why = "forged"


class LinkExpired(ActivationRefused):
    """Older than ACTIVATION_AGE."""

    why = "expired"


class LinkUsed(ActivationRefused):
    """The account is active already."""

    why = "used"


class LinkVoid(ActivationRefused):
    """The account was changed, disabled or removed since, or another one holds its e-mail address now."""

    why = "void"


class SignInRefused(Exception):
    """No right name and password. Nothing more may be said."""


class NotActivated(SignInRefused):
    """The password is right, and the account waits for activation."""


class AccountDisabled(SignInRefused):
    """The password is right, and staff disabled the account."""
