"""Finding out whether a name and a password belong together, slowly for those who guess."""

from collections.abc import Callable
from typing import Any

from .. import throttles
from ..exceptions import AccountDisabled, NotActivated, SignInRefused
from ..selectors import account_named, is_pending


def check_credentials(
    *, identifier: str, password: str, subject: str, device: str, authenticate: Callable[..., Any]
) -> Any:
    """The account that may be signed in now; `authenticate` asks the site's own backends.

    `device` is "<account>:<id>" of a browser that signed this account in before, or "": it has
    attempts of its own, so that strangers who guess cannot keep the owner waiting.
    Raises Throttled, SignInRefused, and with a right password NotActivated or AccountDisabled.
    """
    throttles.limit("login", subject)
    account = account_named(identifier)
    owner = str(account.pk) if account else f"?{identifier.casefold()}"
    known = device if device.startswith(f"{owner}:") else ""
    throttles.slow_down(f"{owner}|{known}")
    # One hash for everybody: an inactive account is no slower to refuse than one that does not exist.
    if account is not None and not account.is_active and not account.check_password(password):
        raise SignInRefused
    name = account.get_username() if account else identifier
    user = authenticate(username=name, password=password)
    if user is None and (account is None or account.is_active):
        raise SignInRefused
    throttles.forgive(f"{owner}|{known}")
    throttles.give_back("login", subject)
    if user is None:
        raise NotActivated if is_pending(account) else AccountDisabled
    return user
