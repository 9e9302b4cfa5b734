"""The ways to tell people something that the site configured (setting CHANNELS)."""

from typing import Any

from dailyfresh_core.channels import Channel, Written
from dailyfresh_core.loading import backend
from django.utils.translation import gettext_lazy as _

from .conf import NAME, conf


class InShop(Channel):
    """On the page of the messages: nothing leaves the shop, and everybody with an account is reached."""

    label = _("In the shop")
    kept = True

    def address_of(self, user: Any) -> str:
        return str(user.pk)

    def send(self, written: Written) -> None:
        """Its letter is there already."""


def channel(code: str) -> Channel | None:
    """The channel of this code; None when it is configured no more."""
    setting = conf.CHANNELS.get(code)
    where = f'{NAME}["CHANNELS"]["{code}"]'
    return None if setting is None else backend(setting, where=where, base=Channel)  # type: ignore[type-abstract]


def channels() -> dict[str, Channel]:
    """Code -> channel, in the order of the setting."""
    return {code: made for code in conf.CHANNELS if (made := channel(code)) is not None}


def kept() -> list[str]:
    """Codes of the channels whose letters are read in the shop."""
    return [code for code, each in channels().items() if each.kept]
