"""Asking a site's own classes on real ids, as a shop would: shapes, strange ids, statements and time."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.test.utils import CaptureQueriesContext

from .joins import Join, WrongShape
from .pricing.measures import measure_of
from .pricing.money import currency, places

STRANGE = ("", "0", "-1", "01", " 1", "+1", "１", "1.0", "1e3", "no-such-id", "9" * 40, "x" * 64, "' OR 1=1")
"""Ids that a visitor may send, and that nothing goes by; a class leaves them out and raises nothing."""

LONGEST = 64
SLOW = 0.2
"""Seconds from which a look-up keeps a page waiting; the quicker of two counts."""


class Note(str):
    """A sentence of a probe that is worth knowing and no fault."""

    __slots__ = ()


def faults(said: Iterable[str]) -> Iterator[str]:
    """Of the sentences of a probe those that tell a fault."""
    return (sentence for sentence in said if not isinstance(sentence, Note))


@dataclass(frozen=True)
class Asked:
    """What a probe asks with: ids that are sold, and somebody who buys."""

    sku_ids: tuple[str, ...]
    user: Any = None


def probe_strange(ask: Callable[[str], Any], *, name: str, beside: Collection[str]) -> Iterator[str]:
    """Sentences when the call raises for an id that nothing goes by, or gives something; `beside` are ids that something does."""
    for each in STRANGE:
        if each in beside:
            continue
        try:
            given = ask(each)
        except ImproperlyConfigured:
            raise
        except Exception as error:  # noqa: BLE001 - whatever the site's class raises is what is to be told
            yield f"{name} raised {type(error).__name__} for {each!r}: what nothing goes by is left out, without an error."
            return
        if given:
            yield f"{name} gave something for {each!r}: only an id that reads exactly the same is meant."


def unfit_ids(ids: Iterable[str], *, what: str = "sku_id") -> Iterator[str]:
    """A sentence for each id that no cart and no order can hold."""
    for each in ids:
        if len(each) > LONGEST:
            yield f"the {what} {each[:20]!r}… has {len(each)} characters, and carts and orders hold {LONGEST}."
        elif not (each.isascii() and each.isprintable()) or each != each.strip() or not each:
            yield f"the {what} {each!r} is not printable ASCII without spaces around it: carts and orders refuse it."


def measured(ask: Callable[[], Any]) -> tuple[Any, int, float]:
    """What the call gives, how many statements it takes over all databases, and how many seconds."""
    with ExitStack() as stack:
        seen = [stack.enter_context(CaptureQueriesContext(each)) for each in connections.all()]
        began = time.perf_counter()
        given = ask()
        seconds = time.perf_counter() - began
        return given, sum(len(each) for each in seen), seconds


def probe_find(join: Join, asked: Asked) -> Iterator[str]:
    """A class with `find(sku_ids) -> {sku_id: …}`: what it gives for ids that are sold, and for those that are not."""
    made, name = join.made(), f"{join.dotted}.find"
    yield from unfit_ids(asked.sku_ids)
    ids = [each for each in asked.sku_ids if len(each) <= LONGEST]
    try:
        found, statements, seconds = measured(lambda: made.find(ids))
        yield from probe_strange(lambda each: made.find([each]), name=name, beside=ids)
        if made.find([]):
            yield f"{name} gave something where nothing was asked for."
    except WrongShape as error:
        yield str(error)
        return
    yield from _keys(name, ids, found)
    yield from _cost(name, lambda some: made.find(some), ids, statements, seconds)


def probe_catalogue(join: Join, asked: Asked) -> Iterator[str]:
    """As `probe_find`, of a catalogue: something is sold under the ids, and by a measure that can be."""
    if told := list(probe_find(join, asked)):
        yield from told
        return
    name, found = f"{join.dotted}.find", join.made().find(asked.sku_ids)
    if asked.sku_ids and not found:
        yield f"{name} gave nothing under {', '.join(map(repr, asked.sku_ids[:3]))}: is something sold under them?"
    for key, item in found.items():
        try:
            measure_of(item)
        except WrongShape as error:
            yield f"{name} gave under {key!r} what cannot be sold: {error}"
    if found and not any(hasattr(item, "measure") for item in found.values()):
        yield Note(f"{name} gives nothing with a measure: all of it is sold by the piece.")


def _keys(name: str, ids: Collection[str], found: Mapping[str, Any]) -> Iterator[str]:
    for key, item in found.items():
        if key not in ids:
            yield f"{name} gave {key!r}, which was not asked for."
        if (own := getattr(item, "sku_id", key)) != key:
            yield f"{name} gave under {key!r} what calls itself {own!r}."
        price = getattr(item, "unit_price", None)
        if price is not None and (price < 0 or price != round(price, places())):
            yield f"{name} gave under {key!r} the unit_price {price}: prices in {currency()} are from 0 on and have {places()} places."


def _cost(
    name: str, find: Callable[[list[str]], Any], ids: list[str], statements: int, seconds: float
) -> Iterator[str]:
    _, alone, _ = measured(lambda: find(ids[:1]))
    _, _, again = measured(lambda: find(ids))
    if len(ids) > 1 and statements > alone:
        yield f"{name} takes {statements} statements for {len(ids)} ids and {alone} for one: ask for all of them at once."
    elif statements > 1:
        yield f"{name} takes {statements} statements: a page that shows a cart has one for it."
    if min(seconds, again) > SLOW:
        yield f"{name} takes {min(seconds, again) * 1000:.0f} ms for {len(ids)} ids: a page waits for it."
