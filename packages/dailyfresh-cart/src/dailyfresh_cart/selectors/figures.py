"""What all carts hold together."""

import time
from dataclasses import dataclass, field

from ..stores import store


@dataclass
class Statistics:
    """What the store holds; `untouched` is days -> carts that nobody changed for so long."""

    users: int = 0
    guests: int = 0
    lines: int = 0
    pieces: int = 0
    most_lines: int = 0
    untouched: dict[int, int] = field(default_factory=lambda: {1: 0, 7: 0, 30: 0, 90: 0})

    @property
    def lines_per_cart(self) -> float:
        return self.lines / (self.users + self.guests or 1)


def statistics() -> Statistics:
    """One walk over every cart, in batches."""
    found, now = Statistics(), time.time()
    for held in store().survey():
        if not held.lines:
            continue
        found.guests += held.owner.is_guest
        found.users += not held.owner.is_guest
        found.lines += held.lines
        found.pieces += held.pieces
        found.most_lines = max(found.most_lines, held.lines)
        for days in found.untouched:
            found.untouched[days] += now - held.changed >= days * 86400
    return found
