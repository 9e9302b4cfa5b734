"""Carts in Redis: one hash sku_id -> quantity ("2", "750g") per owner, and every change one round trip (seed 15)."""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from dailyfresh_core.pricing.measures import Grams, like, pieces_of
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

try:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry
except ImportError as error:
    raise ImportError('carts in Redis need an extra: pip install "dailyfresh-cart[redis]"') from error

from ..exceptions import CartUnavailable
from .base import (
    PLAIN,
    CartStore,
    Change,
    Claim,
    Held,
    Line,
    Outcome,
    Owner,
    Terms,
    Why,
    stored_line,
    stored_number,
    stored_quantity,
)
from .document import oldest_first
from .redis_checks import configuration_messages, factory_messages, server_messages

logger: logging.Logger = logging.getLogger(__name__)
BATCH = 500
"""Carts that a survey asks for in one round trip."""


class Script:
    """One Lua file, sent by its digest and in full only where the server does not have it yet."""

    def __init__(self, name: str) -> None:
        self.text: str = files(__package__).joinpath(name).read_text(encoding="utf-8")
        self.digest: str = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()

    def __call__(self, client: Any, keys: Sequence[str], *args: str | int) -> Any:
        try:
            return client.evalsha(self.digest, len(keys), *keys, *args)
        except redis.exceptions.NoScriptError:
            return client.eval(self.text, len(keys), *keys, *args)


CHANGE, CLAIM, DROP, READ, RELEASE = (Script(f"{name}.lua") for name in ("change", "claim", "drop", "read", "release"))


class RedisStore(CartStore):
    """Carts in a Redis server, a Sentinel's master or a Cluster.

    Just one of: `alias`, a django-redis alias of CACHES; `client`, the dotted path of a function that returns a redis-py
    client (called once a process); `url` with `timeout` in seconds. The keys of one owner share the hash tag, so that a Cluster keeps them in one
    slot: `cart:{u:5}` sku_id -> quantity, `cart:{u:5}:notes` (order, selection, price when added),
    `cart:{u:5}:references`, and `cart:{g:…}:claims` while accounts take over a guest's lines.
    """

    def __init__(
        self, *, alias: str = "", client: str = "", url: str = "", timeout: float = 2, prefix: str = "cart"
    ) -> None:
        if [bool(alias), bool(client), bool(url)].count(True) != 1:
            raise ImproperlyConfigured("a Redis cart store takes just one of the options alias, client and url")
        if not prefix or not prefix.isascii() or set(prefix) & set("{}*?[]\\^ "):
            raise ImproperlyConfigured(
                f"the prefix {prefix!r} of a Redis cart store holds characters that keys must not"
            )
        if not timeout > 0:
            raise ImproperlyConfigured(f"the timeout {timeout!r} of a Redis cart store is no number of seconds")
        self.alias: str = alias
        self.factory: str = client
        self.url: str = url
        self.timeout: float = timeout
        self.prefix: str = prefix

    @property
    def client(self) -> Any:
        """The redis-py client; pools are kept by django-redis or for the life of the process."""
        if self.alias:
            from django_redis import get_redis_connection

            return get_redis_connection(self.alias)
        return _made_by(self.factory) if self.factory else _connected_to(self.url, self.timeout)

    def read(self, owner: Owner) -> dict[str, Line]:
        with _asking(self._forget_foreign, owner):
            return _lines(*READ(self.client, self._keys(owner)[:2]))

    def quantities(self, owner: Owner) -> dict[str, int]:
        with _asking(self._forget_foreign, owner):
            held = self.client.hgetall(self._keys(owner)[0])
        return {
            sku_id: line.quantity
            for sku_id, line in _lines([part for pair in held.items() for part in pair], ()).items()
        }

    def count(self, owner: Owner) -> int:
        with _asking(self._forget_foreign, owner):
            return int(self.client.hlen(self._keys(owner)[0]))

    def change(self, owner: Owner, changes: Sequence[Change], terms: Terms = PLAIN) -> Outcome:
        now = time.time()
        bounds = [int(terms.clip), int(terms.clear), terms.most, terms.lifetime, int(terms.read)]
        args: list[str | int] = [int(now), terms.reference, terms.remember, *bounds]
        for position, change in enumerate(changes, start=int(now * 1_000_000)):
            cap = -1 if change.cap is None else int(change.cap)
            price = "" if change.unit_price is None else str(change.unit_price)
            args += (change.kind, change.sku_id, int(change.quantity), cap, int(change.selected), price)
            args += (change.position or position, "g" if isinstance(change.quantity, Grams) else "", change.least)
        with _asking(self._forget_foreign, owner):
            status, count, results, *carts = CHANGE(self.client, self._keys(owner)[:3], *args)
        named = [change.sku_id for change in changes]
        before = {each.sku_id: like(n, each.quantity) for each, n in zip(changes, results[0::3], strict=True)}
        after = {sku_id: stored_quantity(_text(n)) for sku_id, n in zip(named, results[1::3], strict=True)}
        whys = {sku_id: Why(_text(why)) for sku_id, why in zip(named, results[2::3], strict=True) if why}
        return Outcome(
            applied=status == 1,
            count=count,
            before=before,
            after=after if status == 1 else before,
            refused=whys if status == 0 else {},
            lines=_lines(*carts) if carts else None,
        )

    def claim(self, guest: Owner, by: Owner, *, reference: str, lifetime: int) -> Claim | None:
        quantities, notes, _references, claims = self._keys(guest)
        with _asking(self._forget_foreign, guest):
            found = CLAIM(self.client, [quantities, notes, claims], by.key, reference, int(time.time()), lifetime)
        return Claim(_text(found[0]), _lines(*found[1:])) if found else None

    def release(self, guest: Owner, by: Owner) -> bool:
        quantities, *_, claims = self._keys(guest)
        with _asking(self._forget_foreign, guest):
            return bool(RELEASE(self.client, [quantities, claims], by.key))

    def drop(self, owner: Owner, *, unless_changed_since: int | None = None) -> bool:
        since = "" if unless_changed_since is None else unless_changed_since
        with _asking(self._forget_foreign, owner):
            return bool(DROP(self.client, self._keys(owner), since))

    def survey(self) -> Iterator[Held]:
        with _asking():
            keys = self.client.scan_iter(match=f"{self.prefix}:{{*}}", count=1000)
            owners = (Owner(_text(key)[len(self.prefix) + 2 : -1]) for key in keys)
            while batch := list(islice(owners, BATCH)):
                yield from self._held(batch)

    def _held(self, owners: Sequence[Owner]) -> Iterator[Held]:
        with self.client.pipeline(transaction=False) as pipeline:
            for quantities, notes, *_ in map(self._keys, owners):
                pipeline.hvals(quantities)
                pipeline.hget(notes, "")
            answers = pipeline.execute(raise_on_error=False)
        for owner, values, changed in zip(owners, answers[0::2], answers[1::2], strict=True):
            if values and not isinstance(values, Exception) and not isinstance(changed, Exception):
                yield Held(owner, len(values), sum(map(_pieces, values)), _number(changed))

    def _forget_foreign(self, owner: Owner) -> None:
        """Delete the owner's keys that no cart of ours made: of another type, they would stand in its way for ever."""
        for key, ours in zip(self._keys(owner), ("hash", "hash", "zset", "hash"), strict=True):
            if _text(found := self.client.type(key)) not in (ours, "none"):
                logger.error("%s holds a %s that no cart made; it is deleted", key, _text(found))
                self.client.delete(key)

    def _keys(self, owner: Owner) -> list[str]:
        key = f"{self.prefix}:{{{owner.key}}}"
        return [key, f"{key}:notes", f"{key}:references", f"{key}:claims"]

    def check(self) -> list[CheckMessage]:
        return [*factory_messages(self.factory), *configuration_messages(self.alias, self.url)]

    def check_server(self) -> list[CheckMessage]:
        with _asking():
            return server_messages(self.client)


@cache
def _made_by(factory: str) -> Any:
    return import_string(factory)()


@cache
def _connected_to(url: str, timeout: float) -> Any:
    # Without time-outs a server that hangs would hang every page that shows a badge; redis-py's own retries sleep for
    # seconds. One retry at once is for a pooled connection that the server has closed.
    retry = Retry(NoBackoff(), 1, supported_errors=(redis.exceptions.ConnectionError,))
    return redis.Redis.from_url(url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=retry)


@contextmanager
def _asking(mend: Callable[[Owner], None] | None = None, owner: Owner | None = None) -> Iterator[None]:
    """CartUnavailable when Redis does not answer; keys of another type are mended, and the next question finds none."""
    try:
        try:
            yield
        except redis.exceptions.ResponseError as error:
            if mend and owner and "WRONGTYPE" in str(error):
                mend(owner)
            raise
    except (redis.exceptions.RedisError, redis.exceptions.RedisClusterException, OSError) as error:
        raise CartUnavailable(f"Redis does not answer: {error}") from error


def _pieces(value: object) -> int:
    return pieces_of(stored_quantity(_text(value)))


def _number(value: object) -> int:
    return stored_number(_text(value))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _lines(quantities: Sequence[bytes | str], notes: Sequence[bytes | str]) -> dict[str, Line]:
    """The lines out of two flat answers, oldest first; a quantity without a note is a line all the same."""
    noted = dict(_pairs(notes))
    lines = {}
    for sku_id, quantity in _pairs(quantities):
        position, selected, price = (
            noted[sku_id].split(":") if noted.get(sku_id, "").count(":") == 2 else ("0", "1", "")
        )
        line = stored_line(sku_id, quantity, selected, price, position)
        if line is None:
            logger.warning("A cart in Redis holds what is no line: %.80r", (sku_id, quantity))
        else:
            lines[sku_id] = line
    return dict(sorted(lines.items(), key=oldest_first))


def _pairs(flat: Sequence[bytes | str]) -> Iterable[tuple[str, str]]:
    texts = [_text(value) for value in flat]
    return zip(texts[0::2], texts[1::2], strict=False)
