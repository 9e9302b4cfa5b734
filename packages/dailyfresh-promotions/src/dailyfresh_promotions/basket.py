"""A buyer's basket as the engine wants it: lines in coins, the wallet, and what limits leave this buyer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from dailyfresh_core.db.statements import Table, stored
from dailyfresh_core.loading import imported
from dailyfresh_core.pricing.amounts import gross
from dailyfresh_core.pricing.money import coin
from dailyfresh_core.protocols import Item

from . import models
from .coins import in_coins
from .conf import NAME, conf
from .engine import Coupon, Flash, Line, Meant, Rule
from .rulebook import Rulebook, edition, rulebook
from .services import Had, had_by

PER = (100, 500, 1000)
"""Grams that a price may be for."""
WALLET = 100
"""Coupons that are tried with one basket, those that end first."""
FIRST = "first"


@dataclass(frozen=True)
class Limits:
    """What this buyer cannot have, what is left of the rest, and what they have of it."""

    blocked: dict[int, str]
    """Rule -> why."""
    left: Mapping[int, int]
    """Flash price -> pieces that it serves them."""
    room: Mapping[int, Decimal]
    """Rule whose money is limited -> yuan that it may still take off."""
    had: Had


def line_of(item: Item) -> Line:
    price, amount = in_coins(item.unit_price), in_coins(item.amount)
    per = 0
    if item.measured:
        per = next((per for per in PER if gross(item.unit_price, item.grams, per=per, coin=coin()) == item.amount), 0)
    return Line(item.sku_id, price, item.quantity, amount, tuple(item.groups), item.measured, item.grams, per)


def wallet(user: Any, at: datetime) -> tuple[Rulebook, list[Coupon]]:
    """What holds now, and the coupons that a user may use, those that end first before the others: one statement."""
    if user is None:
        return rulebook(), []
    whose, moment = stored(models.Coupon, "user", user.pk), stored(models.Coupon, "starts", at)
    rows: list[Any] = list(models.Coupon.objects.raw(_wallet(), [whose, models.Coupon.State.FREE, moment, moment]))
    book = rulebook((rows[0].rules, rows[0].batches))
    mine = [(row, book.batches.get(row.batch_id)) for row in rows if row.pk is not None]
    return book, [replace(given, id=row.pk, number=row.number, ends=row.ends) for row, given in mine if given]


@cache
def _wallet() -> str:
    """A row for each coupon, or one without any, with the edition of the rules in it. Written out: so it is one statement for a buyer without a coupon, too."""
    of = Table(models.Coupon)
    return f"""SELECT {of.id}, {of.number}, {of.batch}, {of.ends}, edition.rules, edition.batches FROM ({edition()}) edition LEFT JOIN {of}
        ON {of.user} = %s AND {of.state} = %s AND {of.starts} <= %s AND ({of.ends} IS NULL OR {of.ends} > %s)
        ORDER BY CASE WHEN {of.ends} IS NULL THEN 1 ELSE 0 END, {of.ends}, {of.number} LIMIT {WALLET}"""  # noqa: S608 - the names are quoted


def key_of(rule: Rule) -> str:
    """What a buyer's uses of a rule are counted by; "" where they are not."""
    if rule.audience == FIRST:
        return FIRST
    return f"r:{rule.id}" if rule.per_user or isinstance(rule.benefit, Flash) else ""


def most_of(rule: Rule) -> int | None:
    """How many orders of one buyer may have what goes by the key: the first order is one."""
    return 1 if rule.audience == FIRST else rule.per_user


def limits(meant: Sequence[Meant], book: Rulebook, user: Any, *, first_order: Callable[[], bool]) -> Limits:
    """Asks for what is limited in this basket, and nothing where nothing is: one statement for the buyer's, one for everybody's."""
    rules = [rule for rule, _places in meant]
    first = any(rule.audience == FIRST for rule in rules) and first_order()
    blocked = {rule.id: "audience" for rule in rules if not _is_for(rule, user, first)}
    keys = {key for rule in rules if rule.id not in blocked and (key := key_of(rule))}
    flash = [rule.id for rule in rules if isinstance(rule.benefit, Flash)]
    had = had_by(user, keys, flash) if keys and user is not None else Had()
    for rule in rules:
        if (most := most_of(rule)) is not None and had.uses.get(key_of(rule), 0) >= most:
            blocked.setdefault(rule.id, "used_up")
    counted = left_of(rule for rule in rules if rule.id not in blocked)
    blocked.update(dict.fromkeys(counted.used_up, "used_up"))
    mine = {item: most - had.counts.get(item, 0) for item, most in book.per_buyer.items()}
    left = {item: max(min(pieces, mine.get(item, 0)), 0) for item, pieces in counted.pieces.items()}
    return Limits(blocked, left, counted.money, had)


@dataclass(frozen=True)
class Left:
    """What budgets and flash prices leave everybody."""

    used_up: set[int] = field(default_factory=set)
    """Rules of which nobody can have any more."""
    money: dict[int, Decimal] = field(default_factory=dict)
    """Rule -> yuan that it may still take off."""
    pieces: dict[int, int] = field(default_factory=dict)
    """Flash price -> pieces."""


def left_of(rules: Iterable[Rule]) -> Left:
    """One statement, and none where nothing is limited."""
    left = Left()
    limited = [rule.id for rule in rules if rule.budget or isinstance(rule.benefit, Flash)]
    columns = ("pk", "rule_id", "sku_id", "quantity", "taken", "max_spent", "spent")
    rows = models.Limit.objects.filter(rule_id__in=limited).values_list(*columns) if limited else ()
    for key, rule, sku_id, quantity, taken, money, spent in rows:
        if money is not None:
            left.money[rule] = money - spent
        if sku_id:
            left.pieces[key] = quantity - taken
        elif (quantity is not None and taken >= quantity) or (money is not None and spent >= money):
            left.used_up.add(rule)
    return left


def _is_for(rule: Rule, user: Any, first_order: bool) -> bool:
    if rule.audience == FIRST:
        return first_order
    if rule.audience == "members":
        return is_member(user)
    return True


def is_member(user: Any) -> bool:
    if user is None or not conf.MEMBERS:
        return user is not None
    return bool(imported(conf.MEMBERS, where=f'{NAME}["MEMBERS"]')(user))
