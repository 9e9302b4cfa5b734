"""The history as a Redis list: LREM, LPUSH, LTRIM and LRANGE in one pipeline (seed point 15)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.checks import CheckMessage, Error

try:
    from redis.exceptions import RedisError, ResponseError
except ImportError as error:
    raise ImportError('a history in Redis needs an extra: pip install "dailyfresh-goods[redis]"') from error

from .base import TOKEN, History, Visitor

logger: logging.Logger = logging.getLogger(__name__)


class RedisHistory(History):
    """Keeps `dailyfresh_goods:history:<owner>` in the Redis of a django-redis alias.

    A guest's list expires after `guest_days`, a user's after `user_days`, counted from the last look.
    """

    def __init__(self, *, alias: str = "default", length: int = 20, guest_days: int = 7, user_days: int = 365) -> None:
        super().__init__(length=length)
        self.alias = alias
        self.guest_seconds: int = guest_days * 86400
        self.user_seconds: int = user_days * 86400

    def _redis(self) -> Any:
        from django_redis import get_redis_connection

        return get_redis_connection(self.alias)

    def _owner(self, visitor: Visitor, *, make: bool) -> tuple[str, int] | None:
        """Key and lifetime of the visitor's list; None for a guest who has seen nothing."""
        if visitor.user_id is not None:
            return _user_key(visitor.user_id), self.user_seconds
        token = visitor.guest_token(make=make)
        return None if token is None else (_guest_key(token), self.guest_seconds)

    def visit(self, visitor: Visitor, viewed: str | None = None) -> list[str]:
        owner = self._owner(visitor, make=viewed is not None)
        if owner is None:
            return []
        key, seconds = owner
        seen: list[bytes] = []
        try:
            with _mended(self._redis(), key):
                pipeline = self._redis().pipeline(transaction=True)
                if viewed is not None:
                    pipeline.lrem(key, 0, viewed).lpush(key, viewed).ltrim(key, 0, self.length - 1).expire(key, seconds)
                seen = pipeline.lrange(key, 0, self.length - 1).execute()[-1]
        except (RedisError, OSError) as error:
            logger.warning("The browsing history is not reachable: %s", error)
        return _read(seen)

    def kept(self, user_id: str) -> list[str]:
        key = _user_key(user_id)
        seen: list[bytes] = []
        with _mended(self._redis(), key):
            seen = self._redis().lrange(key, 0, self.length - 1)
        return _read(seen)

    def merge(self, visitor: Visitor) -> None:
        token = visitor.guest_token()
        if token is None or visitor.user_id is None:
            return
        guest, user = _guest_key(token), _user_key(visitor.user_id)
        try:
            redis = self._redis()
            with _mended(redis, guest, user):
                seen = redis.lrange(guest, 0, self.length - 1)
                if seen:
                    pipeline = redis.pipeline(transaction=True)
                    for sku_id in reversed(seen):
                        pipeline.lrem(user, 0, sku_id).lpush(user, sku_id)
                    pipeline.ltrim(user, 0, self.length - 1).expire(user, self.user_seconds).delete(guest).execute()
        except (RedisError, OSError) as error:
            logger.warning("The guest's browsing history was not merged: %s", error)
            return  # the token stays: the next login tries again
        if visitor.session is not None:
            visitor.session.pop(TOKEN, None)

    def forget(self, user_id: str) -> None:
        self._redis().delete(_user_key(user_id))

    def check(self) -> list[CheckMessage]:
        try:
            self._redis()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the alias, it is named
            return [
                Error(
                    f"The browsing history cannot use the cache alias {self.alias!r}: {error}",
                    hint="Name an alias of CACHES whose backend is django_redis.cache.RedisCache.",
                    id="dailyfresh_goods.E004",
                )
            ]
        return []


@contextmanager
def _mended(redis: Any, *keys: str) -> Iterator[None]:
    """A key that holds something else than a list holds no history: it goes, and the next look finds none."""
    try:
        yield
    except ResponseError as error:
        if "WRONGTYPE" not in str(error):
            raise
        logger.warning("A browsing history was none, and is dropped: %s", error)
        redis.delete(*(key for key in keys if redis.type(key) != b"list"))


def _read(found: list[bytes]) -> list[str]:
    """The sku_ids; what is no text names no SKU either."""
    return [sku_id.decode(errors="replace") for sku_id in found]


def _user_key(user_id: str) -> str:
    return f"dailyfresh_goods:history:user:{user_id}"


def _guest_key(token: str) -> str:
    return f"dailyfresh_goods:history:guest:{token}"
