"""All rules that are good now or later, indexed once: which lines of a basket each of them means is looked up, not tried."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from .lines import Line, Scope
from .rules import Rule

Meant = tuple[Rule, tuple[int, ...]]
"""A rule and the places of the lines it means."""


class Book:
    """Rules by the goods they mean. Rules that mean the same goods share one entry."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(sorted(rules, key=lambda rule: rule.id))
        self._scopes: list[Scope] = list(dict.fromkeys(rule.scope for rule in self.rules))
        number = {scope: n for n, scope in enumerate(self._scopes)}
        self._scope_of = [number[rule.scope] for rule in self.rules]
        self._by_sku: dict[str, list[int]] = defaultdict(list)
        self._by_group: dict[str, list[int]] = defaultdict(list)
        self._everywhere: list[int] = []
        for n, scope in enumerate(self._scopes):
            if scope.everything:
                self._everywhere.append(n)
                continue
            for sku_id in scope.skus:
                self._by_sku[sku_id].append(n)
            for group in scope.groups:
                self._by_group[group].append(n)

    def meant(self, lines: Sequence[Line], *, at: datetime, local: datetime) -> list[Meant]:
        """Each rule that means something in the basket at a moment (`local`: on the clock of the shop), with the places of its lines."""
        return [each for each in self.about(lines) if each[0].schedule.holds(at, local)]

    def about(self, lines: Sequence[Line]) -> list[Meant]:
        """The same, whenever they are good."""
        places: list[list[int]] = [[] for _scope in self._scopes]
        for place, line in enumerate(lines):
            asked = set(self._by_sku.get(line.sku_id, ()))
            asked.update(*(self._by_group.get(group, ()) for group in line.groups))
            for n in asked:
                if self._scopes[n].holds(line):
                    places[n].append(place)
        for n in self._everywhere:
            places[n] = [place for place, line in enumerate(lines) if self._scopes[n].holds(line)]
        found = [tuple(some) for some in places]
        return [(rule, found[n]) for rule, n in zip(self.rules, self._scope_of, strict=True) if found[n]]
