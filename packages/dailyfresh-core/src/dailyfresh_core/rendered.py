"""What a template rendered, for as long as it looks the same."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Final

from django.core.signals import setting_changed
from django.utils.safestring import SafeString


class Rendered:
    """Rendered parts by what they show, of all templates of this process together; those that were not shown for longest go first."""

    MOST = 4_000_000
    """Characters beyond these push out what was kept before."""
    KEY = 500
    """Characters that each part counts besides, for what it is found by."""

    def __init__(self) -> None:
        self.parts: OrderedDict[tuple[Hashable, ...], SafeString] = OrderedDict()
        self.characters: int = 0
        self.lock: Final = Lock()

    def find(self, key: tuple[Hashable, ...]) -> SafeString | None:
        with self.lock:
            if (found := self.parts.get(key)) is not None:
                self.parts.move_to_end(key)
            return found

    def clear(self, **_signal: object) -> None:
        with self.lock:
            self.parts.clear()
            self.characters = 0

    def keep(self, key: tuple[Hashable, ...], part: SafeString) -> SafeString:
        with self.lock:
            if (before := self.parts.pop(key, None)) is not None:
                self.characters -= len(before) + self.KEY
            self.parts[key] = part
            self.characters += len(part) + self.KEY
            while self.characters > self.MOST:
                self.characters -= len(self.parts.popitem(last=False)[1]) + self.KEY
        return part


rendered: Rendered = Rendered()
# In tests; a process that serves has its settings for life.
setting_changed.connect(rendered.clear, dispatch_uid="dailyfresh_core.rendered")
