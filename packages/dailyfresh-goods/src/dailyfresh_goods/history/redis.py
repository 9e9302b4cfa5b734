"""The history as a Redis list: LREM, LPUSH, LTRIM and LRANGE in one pipeline (seed point 15)."""

import logging
from typing import Any

from django.core.checks import CheckMessage, Error

try:
    from redis.exceptions import RedisError
except ImportError as error:
    raise ImportError('a history in Redis needs an extra: pip install "dailyfresh-goods[redis]"') from error

from .base import TOKEN, History, Visitor

logger = logging.getLogger(__name__)


class RedisHistory(History):
    """Keeps `dailyfresh_goods:history:<owner>` in the Redis of a django-redis alias.

    A guest's list expires after `guest_days`, a user's after `user_days`, counted from the last look.
    """

    def __init__(self, *, alias: str = "default", length: int = 20, guest_days: int = 30, user_days: int = 365) -> None:
        super().__init__(length=length)
        self.alias = alias
        self.guest_seconds = guest_days * 86400
        self.user_seconds = user_days * 86400

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
        try:
            pipeline = self._redis().pipeline(transaction=True)
            if viewed is not None:
                pipeline.lrem(key, 0, viewed).lpush(key, viewed).ltrim(key, 0, self.length - 1).expire(key, seconds)
            seen = pipeline.lrange(key, 0, self.length - 1).execute()[-1]
        except (RedisError, OSError) as error:
            logger.warning("The browsing history is not reachable: %s", error)
            return []
        return _read(seen)

    def kept(self, user_id: str) -> list[str]:
        return _read(self._redis().lrange(_user_key(user_id), 0, self.length - 1))

    def merge(self, visitor: Visitor) -> None:
        token = visitor.guest_token()
        if token is None or visitor.user_id is None:
            return
        guest, user = _guest_key(token), _user_key(visitor.user_id)
        try:
            redis = self._redis()
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


def _read(found: list[bytes]) -> list[str]:
    """The sku_ids; what is no text names no SKU either."""
    return [sku_id.decode(errors="replace") for sku_id in found]


def _user_key(user_id: str) -> str:
    return f"dailyfresh_goods:history:user:{user_id}"


def _guest_key(token: str) -> str:
    return f"dailyfresh_goods:history:guest:{token}"
