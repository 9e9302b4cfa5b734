"""The shape of a channel."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.checks import CheckMessage


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it was written for one person, in their language."""

    to: str
    """The address on this channel, as `address_of` gave it."""
    subject: str
    """One line."""
    text: str
    """Plain text; short, for channels that count characters it may be left out."""
    html: str = ""
    """The same as a page of a mail; "" when there is none."""
    link: str = ""
    """Where the recipient reads more: an absolute address, or ""."""
    kind: str = ""
    """What happened, in one word ("shipped"): for services that keep their own templates, one for each word."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What such a template is filled with, as text ("number", "total", …)."""
    reference: str = ""
    """The same however often it is sent, and nobody else's (`outbox.reference_of`): by it a service may know what it has already."""


class Channel(ABC):
    """Takes one message to one person. OPTIONS of the setting are keyword-only arguments of the constructor.

    One object per process and setting, shared by all threads. It is called outside transactions, by a drain that may be killed at any
    moment; `dailyfresh_core.testing.channels.ChannelContract` says what is relied on.
    """

    label: Any = ""
    """What people read where they choose; translated lazily."""
    kept = False
    """Whether nothing leaves the shop: the row that asks for the message is what its reader sees, and `send` is never called."""

    @abstractmethod
    def address_of(self, user: Any) -> str:
        """Where this person is reached; "" when they are not, and nothing is sent."""

    @abstractmethod
    def send(self, written: Written) -> None:
        """Hand the message over, in bounded time; when this returns it counts as sent.

        Raises `outbox.Undeliverable` where trying again is vain (no such number), anything else where it is not.
        """

    def check(self) -> list[CheckMessage]:
        """What is wrong with the options; empty when nothing is. Asks no other machine."""
        return []
