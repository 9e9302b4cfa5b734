"""A buyer's basket as the engine wants it: lines in coins, the wallet, and what limits leave this buyer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dailyfresh_core.amounts import gross
from dailyfresh_core.loading import imported
from dailyfresh_core.protocols import Item
from django.db.models import F, Q

from .conf import NAME, conf
from .engine import Coupon, Flash, Line, Meant, Rule
from .kinds import coin, in_coins
from .models import Budget, FlashBuyer, FlashItem
from .models import Coupon as Row
from .rulebook import Rulebook
from .services.taking import slots_had

PER = (100, 500, 1000)
"""Grams that a price may be for."""
WALLET = 100
"""Coupons that are tried with one basket, those that end first."""
FIRST = "first"


@dataclass(frozen=True)
class Limits:
    """What a buyer cannot have (rule -> why), how many pieces flash prices leave them, and the slots that they had of each limit."""

    blocked: dict[int, str]
    left: Mapping[int, int]
    had: Mapping[str, frozenset[int]]
    budgets: Mapping[int, Budget]


def line_of(item: Item) -> Line:
    price, amount = in_coins(item.unit_price), in_coins(item.amount)
    per = 0
    if item.measured:
        per = next((per for per in PER if gross(item.unit_price, item.grams, per=per, coin=coin()) == item.amount), 0)
    return Line(item.sku_id, price, item.quantity, amount, tuple(item.groups), item.measured, item.grams, per)


def wallet(user: Any, book: Rulebook, at: datetime) -> list[Coupon]:
    """The coupons that a user may use now, those that end first before the others."""
    if user is None:
        return []
    rows = Row.objects.filter(Q(ends=None) | Q(ends__gt=at), user=user, state=Row.State.FREE, starts__lte=at)
    rows = rows.order_by(F("ends").asc(nulls_last=True), "number")[:WALLET]
    found = []
    for key, number, batch, ends in rows.values_list("pk", "number", "batch_id", "ends"):
        if given := book.batches.get(batch):
            found.append(
                Coupon(number, given.benefit, given.scope, given.with_activity, ends, key, given.label, given.version)
            )
    return found


def key_of(rule: Rule) -> str:
    """What a buyer's uses of a rule are counted by; "" where they are not."""
    if rule.audience == FIRST:
        return FIRST
    return f"r:{rule.id}" if rule.per_user else ""


def most_of(rule: Rule) -> int:
    """How often one buyer may have what goes by the key: the first order is one."""
    return 1 if rule.audience == FIRST else rule.per_user or 1


def limits(meant: Sequence[Meant], book: Rulebook, user: Any, *, first_order: bool) -> Limits:
    """Asks for what is limited in this basket, and nothing where nothing is: a statement for each kind of limit."""
    rules = [rule for rule, _places in meant]
    blocked = {rule.id: "audience" for rule in rules if not _is_for(rule, user, first_order)}
    keys = {key: rule for rule in rules if rule.id not in blocked and (key := key_of(rule))}
    had = slots_had(user, list(keys)) if keys and user is not None else {}
    for rule in rules:
        if (key := key_of(rule)) and len(had.get(key, ())) >= most_of(rule):
            blocked.setdefault(rule.id, "used_up")
    limited = [rule.id for rule in rules if rule.budget and rule.id not in blocked]
    budgets = {row.rule_id: row for row in Budget.objects.filter(rule_id__in=limited)} if limited else {}
    for rule_id, row in budgets.items():
        if row.max_uses is not None and row.uses >= row.max_uses:
            blocked[rule_id] = "used_up"
    return Limits(blocked, _flash_left(rules, book, user), had, budgets)


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


def _flash_left(rules: Sequence[Rule], book: Rulebook, user: Any) -> dict[int, int]:
    items = [item for rule in rules if isinstance(rule.benefit, Flash) for _price, item in rule.benefit.items.values()]
    if not items:
        return {}
    rows = FlashItem.objects.filter(pk__in=items).values_list("pk", "quantity", "taken")
    had: dict[int, int] = {}
    if user is not None:
        had = dict(FlashBuyer.objects.filter(user=user, item_id__in=items).values_list("item_id", "pieces"))
    return {key: max(min(quantity - taken, book.per_buyer[key] - had.get(key, 0)), 0) for key, quantity, taken in rows}
