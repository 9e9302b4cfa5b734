"""What a package asks of a site: a class, named by a setting, that fits a protocol of the package.

The class knows nothing of the package, so what it gives is judged: an answer of another shape is a `WrongShape` that names the setting,
the class, the field and what it must be. `manage.py dailyfresh_check_joins` asks the same on real ids, before anybody buys.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from reprlib import Repr
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from django.core.exceptions import ImproperlyConfigured

from .conf import Conf
from .loading import imported

Judge = Callable[[object], str]
"""Says what is wrong with a value, to follow "gave"; empty when it fits."""

WORDS: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    bool: "True or False",
    Decimal: "a finite Decimal",
    datetime: "a date and time",
    NoneType: "None",
}
_shown = Repr()
_shown.maxstring = 60
_whole: set[tuple[type, type]] = set()
"""(a class, a protocol) of which the class was found to have every method."""


class WrongShape(ImproperlyConfigured):
    """What a joined class is, or what it gave, does not fit its protocol; the message is the sentence that says how."""


@dataclass(frozen=True)
class Join:
    """One thing that a package asks of a site. `what` is for sentences: "a catalogue"."""

    conf: Conf
    setting: str
    protocol: type
    what: str

    @property
    def where(self) -> str:
        return f'{self.conf.NAME}["{self.setting}"]'

    @property
    def dotted(self) -> str | None:
        found: str | None = getattr(self.conf, self.setting)
        return found

    def made(self) -> Any:
        """An instance of the class that the setting names; what its methods give is judged.

        Raises ImproperlyConfigured when the setting names none, WrongShape when it lacks a method.
        """
        if not self.dotted:
            raise ImproperlyConfigured(f"{self.where} must name {self.what}: the dotted path of a class.")
        made = imported(self.dotted, where=self.where)()
        if (kind := (type(made), self.protocol)) not in _whole:
            for fault in self.faults(made):
                raise WrongShape(f"{self.where}: {fault}")
            _whole.add(kind)
        return Judged(made, self)

    def faults(self, made: object) -> Iterator[str]:
        """What an instance lacks: methods, and arguments that they must take."""
        for name, asked in methods_of(self.protocol).items():
            method = getattr(made, name, None)
            if not callable(method):
                yield f"{self.dotted} has no {name}()."
                continue
            asks = [each for each in inspect.signature(asked).parameters.values() if each.name != "self"]
            by_name = {each.name: ... for each in asks if each.kind is each.KEYWORD_ONLY}
            in_order = [each.name for each in asks if each.name not in by_name]
            try:
                inspect.signature(method).bind(*in_order, **by_name)
            except TypeError as error:
                called = ", ".join([*in_order, *(f"{each}=…" for each in by_name)])
                yield f"{self.dotted}.{name} cannot be called as {name}({called}): {error}."


class Judged:
    """A joined object whose answers are judged by the return types of the protocol's methods; all else is the object's own."""

    def __init__(self, made: object, join: Join) -> None:
        self._made, self._join = made, join

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._made, name)
        asked = methods_of(self._join.protocol).get(name)
        if asked is None:
            return found
        judge = answer_of(asked)

        def ask(*args: Any, **kwargs: Any) -> Any:
            given = found(*args, **kwargs)
            if wrong := judge(given):
                join = self._join
                raise WrongShape(
                    f"{join.where}: {join.dotted}.{name} gave {wrong}. {join.protocol.__module__} says what it must."
                )
            return given

        return ask


@dataclass(frozen=True)
class Probed:
    """A join as `dailyfresh_check_joins` asks it."""

    join: Join
    probe: Callable[..., Iterable[str]]
    """`probe(join, asked)` gives a sentence for each fault; `probing.Asked` is what it asks with."""
    known: Callable[[], Iterable[str]]
    """Some ids that are sold, as far as the package knows."""


_probed: dict[str, Probed] = {}


def register(join: Join, probe: Callable[..., Iterable[str]], *, known: Callable[[], Iterable[str]] = tuple) -> Join:
    """Make a join known to `dailyfresh_check_joins`."""
    _probed[join.where] = Probed(join, probe, known)
    return join


def registered() -> list[Probed]:
    return list(_probed.values())


@cache
def methods_of(protocol: type) -> dict[str, Callable[..., Any]]:
    return {name: value for name, value in _asked(protocol) if inspect.isfunction(value) and name[0] != "_"}


@cache
def answer_of(method: Callable[..., Any]) -> Judge:
    """What judges the answers of a protocol's method."""
    return judge_of(get_type_hints(method)["return"])


@cache
def fields_of(protocol: type) -> dict[str, Judge]:
    """Name of each property of a protocol -> what judges its value."""
    return {name: answer_of(value.fget) for name, value in _asked(protocol) if isinstance(value, property)}


def _asked(protocol: type) -> list[tuple[str, Any]]:
    return [pair for base in reversed(protocol.__mro__) for pair in vars(base).items()]


@cache
def judge_of(hint: Any) -> Judge:
    """What judges values by a type: those in WORDS, unions, mappings, sequences, and protocols with properties."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return lambda value: ""
    if origin in (Union, UnionType):
        return _any_of(args)
    if origin is Mapping:
        return _mapping(*map(judge_of, args))
    if origin is Sequence:
        return _sequence(judge_of(args[0]))
    if hint in WORDS:
        return _simple(hint)
    return _protocol(hint)


def _named(value: object) -> str:
    """A value with its type: "2.5, a float"; of None and of objects that show their address, only what they are."""
    kind = type(value).__name__
    article = "an" if kind[0] in "aeiouAEIOU" else "a"
    if value is None:
        return "None"
    plain = isinstance(value, str | int | float | Decimal | bytes)
    return f"{_shown.repr(value)}, {article} {kind}" if plain else f"{article} {kind}"


def _fits(kind: type, value: object) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind) and (not isinstance(value, Decimal) or value.is_finite())


def _simple(kind: type) -> Judge:
    return lambda value: "" if _fits(kind, value) else f"{_named(value)}, where {WORDS[kind]} is asked for"


def _any_of(kinds: tuple[Any, ...]) -> Judge:
    judges = [judge_of(kind) for kind in kinds]
    words = " or ".join(WORDS.get(kind, getattr(kind, "__name__", str(kind))) for kind in kinds)

    def judge(value: object) -> str:
        said = [each(value) for each in judges]
        if not all(said):
            return ""
        # Of an object, what it lacks says more than that it is not None.
        rich = [text for text, kind in zip(said, kinds, strict=True) if kind not in WORDS and value is not None]
        return rich[0] if rich else f"{_named(value)}, where {words} is asked for"

    return judge


def _mapping(key: Judge, item: Judge) -> Judge:
    def judge(value: object) -> str:
        if not isinstance(value, Mapping):
            return f"{_named(value)}, where a mapping is asked for"
        for name, held in value.items():
            if wrong := key(name):
                return f"the key {wrong}"
            if wrong := item(held):
                return f"under {name!r} {wrong}"
        return ""

    return judge


def _sequence(item: Judge) -> Judge:
    def judge(value: object) -> str:
        if isinstance(value, str) or not (hasattr(value, "__iter__") and hasattr(value, "__len__")):
            return f"{_named(value)}, where a list is asked for"
        return next((wrong for each in value if (wrong := item(each))), "")

    return judge


def _protocol(protocol: type) -> Judge:
    def judge(value: object) -> str:
        missing = []
        for name, field in fields_of(protocol).items():
            try:
                wrong = field(getattr(value, name))
            except AttributeError:
                missing.append(name)
                continue
            if wrong:
                return f"{_named(value)} whose {name} is {wrong}"
        return f"{_named(value)} without {', '.join(missing)}" if missing else ""

    return judge
