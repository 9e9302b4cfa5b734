"""The rules of a change in plain Python, and the stores that keep a cart as one document.

`change.lua` says the same to Redis; the contract suite holds the two against each other.
"""

import logging
import time
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from dailyfresh_core.pricing.measures import alike, in_json, like

from .base import PLAIN, CartStore, Change, Claim, Kind, Line, Outcome, Owner, Terms, Why, stamped, stored_line

logger: logging.Logger = logging.getLogger(__name__)

T = TypeVar("T")
Document = dict[str, Any]
"""{"lines": {sku_id: [quantity or "750g", selected, unit_price, position]}, "references": {reference: until}, "changed": seconds,
"claims": {account: [reference, lines, second until which it holds, 0 for ever]}}"""


def apply_changes(
    lines: dict[str, Line], changes: Sequence[Change], terms: Terms
) -> tuple[dict[str, Line], dict[str, Why]]:
    """The cart after the changes, and what was refused; `lines` itself is left alone."""
    result = {} if terms.clear else dict(lines)
    refused: dict[str, Why] = {}
    for change in changes:
        old = result.get(change.sku_id)
        line, why = _changed(old, change, clip=terms.clip)
        if line and not old and terms.most and len(result) >= terms.most:
            line, why = None, None if terms.clip else Why.FULL
        if why:
            refused[change.sku_id] = why
        elif line:
            result[change.sku_id] = line
        else:
            result.pop(change.sku_id, None)
    return result, refused


def _changed(old: Line | None, change: Change, *, clip: bool) -> tuple[Line | None, Why | None]:
    """One line after its change, None when it goes; and why not."""
    same = old is not None and alike(old.quantity, change.quantity)
    held = old.quantity if old and same else 0
    if change.kind is Kind.MARK:
        return (replace(old, selected=change.selected) if old else None), None
    if old and (change.kind is Kind.PUT or (change.kind is Kind.TAKE and not same)):
        return old, None
    wanted = {
        Kind.ADD: held + change.quantity if held else max(change.quantity, change.least),
        Kind.MAX: max(held, change.quantity),
        Kind.TAKE: max(0, held - change.quantity),
    }.get(change.kind, change.quantity)
    if change.cap is not None and wanted > max(change.cap, held):  # a line that is too long already may shrink
        if not clip:
            return old, Why.CAP
        wanted = max(held, change.cap)
        if not wanted:
            return old, None
    if not wanted:
        return None, None
    wanted = like(wanted, change.quantity)
    if not old:
        return Line(wanted, change.selected, change.unit_price, change.position), None
    if change.kind is Kind.ADD:
        return replace(old, quantity=wanted, selected=change.selected, unit_price=change.unit_price), None
    return replace(old, quantity=wanted, unit_price=old.unit_price if same else change.unit_price), None


class DocumentStore(CartStore):
    """A store whose carts are documents; a subclass says how one is opened, and closed again when it was changed."""

    @abstractmethod
    def load(self, owner: Owner) -> Document:
        """The document as it is now, {} for none."""

    @abstractmethod
    def edit(self, owner: Owner, work: Callable[[Document], T]) -> T:
        """Let `work` change the document under a lock, and keep what it leaves; an empty one is forgotten.

        `work` may run again, on a document read anew, when the store could not keep the first.
        """

    def read(self, owner: Owner) -> dict[str, Line]:
        return lines_of(self.load(owner))

    def quantities(self, owner: Owner) -> dict[str, int]:
        return {sku_id: line.quantity for sku_id, line in self.read(owner).items()}

    def count(self, owner: Owner) -> int:
        return len(self.read(owner))

    def change(self, owner: Owner, changes: Sequence[Change], terms: Terms = PLAIN) -> Outcome:
        def work(document: Document) -> Outcome:
            now = time.time()
            lines = lines_of(document)
            references = {
                seen: until
                for seen, until in _part(document, "references").items()
                if isinstance(until, int) and until > now
            }
            refused: dict[str, Why] = {}
            applied, after = not terms.reference or terms.reference not in references, lines
            if applied:
                new = stamped(changes, int(now * 1_000_000))
                after, refused = apply_changes(lines, new, terms)
                applied = not refused
            if applied:
                if terms.reference:
                    references[terms.reference] = int(now) + terms.remember
                document.update(lines=packed(after), references=references, changed=int(now))
            else:
                after = lines
            before = _quantities(lines, changes)
            return Outcome(
                applied=applied,
                count=len(after),
                before=before,
                after={each.sku_id: _held(after, each.sku_id) for each in changes} if applied else before,
                refused=refused,
                lines=after if terms.read else None,
            )

        return self.edit(owner, work)

    def claim(self, guest: Owner, by: Owner, *, reference: str, lifetime: int) -> Claim | None:
        def work(document: Document) -> Claim | None:
            now = int(time.time())
            claims = document["claims"] = _claims(document, now)
            if by.key not in claims:
                if not _part(document, "lines"):
                    return None
                claims[by.key] = [reference, document.pop("lines"), now + lifetime if lifetime else 0]
                document["changed"] = now
            held_reference, lines, _until = claims[by.key]
            return Claim(str(held_reference), lines_of({"lines": lines}))

        return self.edit(guest, work)

    def release(self, guest: Owner, by: Owner) -> bool:
        def work(document: Document) -> bool:
            _part(document, "claims").pop(by.key, None)
            return bool(_part(document, "lines"))

        return self.edit(guest, work)


def lines_of(document: Document) -> dict[str, Line]:
    """The lines of a document, oldest first."""
    lines = {}
    for sku_id, stored in _part(document, "lines").items():
        line = stored_line(sku_id, *stored) if isinstance(stored, list | tuple) and len(stored) == 4 else None
        if line is None:
            logger.warning("A cart holds what is no line: %.80r", (sku_id, stored))
        else:
            lines[sku_id] = line
    return dict(sorted(lines.items(), key=oldest_first))


def _part(document: Document, name: str) -> dict[str, Any]:
    """A part of a document; {} for what no cart of ours wrote."""
    part = document.get(name) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}


def _claims(document: Document, now: int) -> dict[str, Any]:
    """The claims of a document that still hold."""
    return {
        of: held
        for of, held in _part(document, "claims").items()
        if isinstance(held, list) and len(held) == 3 and isinstance(held[2], int) and not 0 < held[2] <= now
    }


def packed(lines: dict[str, Line]) -> dict[str, list[Any]]:
    """The lines as a document holds them: what JSON can say."""
    return {
        sku_id: [
            in_json(line.quantity),
            line.selected,
            None if line.unit_price is None else str(line.unit_price),
            line.position,
        ]
        for sku_id, line in lines.items()
    }


def is_empty(document: Document) -> bool:
    """Nothing in it is worth keeping."""
    return not any(_part(document, part) for part in ("lines", "references", "claims"))


oldest_first: Callable[[tuple[str, Line]], tuple[int, str]] = lambda item: (item[1].position, item[0])  # noqa: E731


def _quantities(lines: dict[str, Line], changes: Sequence[Change]) -> dict[str, int]:
    """sku_id -> quantity of the lines that are named, as far as they are counted as their changes are."""
    return {each.sku_id: n if alike(n := _held(lines, each.sku_id), each.quantity) else 0 for each in changes}


def _held(lines: dict[str, Line], sku_id: str) -> int:
    return lines[sku_id].quantity if sku_id in lines else 0
