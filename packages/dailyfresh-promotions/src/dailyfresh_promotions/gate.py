"""The gate before a flash sale: a script in Redis sends most buyers away before any statement runs.

It only sheds load; the database's UPDATE decides, so that a gate that is away, empty or wrong sells nothing twice. A pass is one attempt at
an order: it is kept when the order is placed, given back when it fails, and over after PASS seconds when its process died.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from .conf import NAME, conf
from .models import Limit, Redemption, Rule

logger: logging.Logger = logging.getLogger(__name__)

PASS = 120
"""Seconds that a pass is good for."""
FILLED = 600
"""Seconds after which a gate that nobody fills is none."""
KEYS = ("left", "most", "had", "live", "held", "done")
WAIT = 0.5
"""Seconds that a request waits for Redis at most."""


def enter(*, sources: Iterable[str], quantities: Mapping[str, int], user: Any, token: str) -> list[str]:
    """The sources of a quote that have nothing left for this buyer; no statement. `token` names the attempt, the same when it is sent again."""
    if not conf.GATE:
        return []
    rules = {source: rule for source in sources if (rule := _rule_of(source))}
    wanted = [str(word) for pair in quantities.items() for word in pair]
    entered: list[str] = []
    try:
        for source, rule in rules.items():
            if not _run(rule, "enter", token, PASS, user.pk, *wanted):
                leave(sources=entered, token=token, placed=False)
                return [source]
            entered.append(source)
    except _redis().RedisError as error:
        logger.warning("The gate of the flash sale is away: %s", error)
        return list(rules) if conf.GATE_AWAY == "closed" else []
    return []


def leave(*, sources: Iterable[str], token: str, placed: bool) -> None:
    """The attempt is over: its pass becomes an order's, or goes back."""
    if not conf.GATE:
        return
    try:
        for rule in filter(None, map(_rule_of, sources)):
            _run(rule, "keep" if placed else "leave", token)
    except _redis().RedisError as error:
        logger.info("A pass of the flash sale is over in %d s: %s", PASS, error)


def fill() -> int:
    """Set every gate by what the database says; how many there are. Cancelled pieces are to be had again from here on."""
    if not conf.GATE:
        return 0
    running = Rule.objects.filter(Rule.running(timezone.now()), kind="flash")
    items: dict[int, list[Limit]] = {
        rule.pk: [one for one in rule.limits.all() if one.sku_id] for rule in running.prefetch_related("limits")
    }
    sku_of = {str(one.pk): one.sku_id for some in items.values() for one in some}
    had: dict[int, Counter[str]] = defaultdict(Counter)
    taken = Redemption.objects.filter(rule_id__in=list(items), user__isnull=False, state__in=Redemption.OPEN)
    for rule, user, counts in taken.order_by().values_list("rule_id", "user", "counts"):
        had[rule or 0].update({f"{user} {sku_of[limit]}": n for limit, n in counts.items() if limit in sku_of})
    try:
        for rule, some in items.items():
            there = [word for one in some for word in (one.sku_id, (one.quantity or 0) - one.taken, one.per_buyer)]
            _run(rule, "fill", "", FILLED, len(some), *there, *chain(*had[rule].items()))
    except _redis().RedisError as error:
        logger.warning("The gate of the flash sale cannot be filled: %s", error)
        return 0
    return len(items)


def _rule_of(source: str) -> int:
    kind, _colon, number = source.removeprefix("promotions:").partition(":")
    return int(number) if kind == "rule" and number.isdecimal() else 0


def _run(rule: int, doing: str, token: str, *more: Any) -> Any:
    keys = [f"dailyfresh:flash:{{{rule}}}:{name}" for name in KEYS]
    return script(conf.GATE or "")(keys=keys, args=[doing, int(time.time()), token, *more])


@cache
def script(where: str) -> Any:
    """The script over the Redis at this address, or over that of this cache."""
    redis = _redis()
    if "://" in where:
        client = redis.Redis.from_url(where, socket_timeout=WAIT, socket_connect_timeout=WAIT)
    else:
        client = _of_cache(where)
    return client.register_script(files(__package__).joinpath("gate.lua").read_text(encoding="utf-8"))


def _of_cache(alias: str) -> Any:
    """As django-redis reaches it, by Sentinels too."""
    try:
        from django_redis import get_redis_connection

        return get_redis_connection(alias)
    except (ImportError, NotImplementedError) as error:
        raise ImproperlyConfigured(
            f'{NAME}["GATE"] is {alias!r}: neither the URL of a Redis nor a cache of django-redis'
        ) from error


def _redis() -> Any:
    try:
        import redis
    except ImportError as error:
        raise ImproperlyConfigured(
            f'{NAME}["GATE"] needs an extra: pip install "dailyfresh-promotions[redis]"'
        ) from error
    return redis
