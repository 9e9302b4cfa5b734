"""Popular searches: what visitors really search for, counted and shown to the next one."""

import hashlib
import logging
import math
import time
from abc import ABC, abstractmethod
from typing import Any

from dailyfresh_core.loading import backend
from django.core.checks import CheckMessage, Error

from ..conf import conf
from ..pages.cache import cached

logger = logging.getLogger(__name__)
SHOWN, KNOWN = 8, 200
SECONDS = 60


def popular_backend() -> "Popular | None":
    """Where searches are counted; None when the site counts none."""
    if conf.SEARCH_POPULAR is None:
        return None
    return backend(conf.SEARCH_POPULAR, where=f'{conf.NAME}["SEARCH_POPULAR"]', base=Popular)  # type: ignore[type-abstract]


def popular_searches(number: int = SHOWN) -> list[str]:
    """The searches that count most, a minute old at most; one process asks, the others take what it had."""
    counter = popular_backend()
    if counter is None:
        return []
    return cached("popular_searches", (), lambda: counter.top(KNOWN), seconds=SECONDS, stale=True)[:number]


class Popular(ABC):
    """What a backend of the setting SEARCH_POPULAR must do."""

    @abstractmethod
    def note(self, text: str, *, visitor: str) -> None:
        """Counts a search, the same one of one visitor once an hour; `text` in its normal spelling, since others are shown it.

        A service that is down is logged, never raised.
        """

    @abstractmethod
    def drop(self, text: str) -> None:
        """Forgets a search, if it was counted. A service that is down is logged, never raised."""

    @abstractmethod
    def top(self, number: int) -> list[str]:
        """The searches that count most, recent ones more; empty when the service is down."""

    def check(self) -> list[CheckMessage]:
        """System check messages about the options."""
        return []


class RedisPopular(Popular):
    """Each search adds a weight that doubles every `half_life` seconds, so yesterday's fade without being rewritten.

    Of a hundred times `keep` searches the weakest are dropped. `cache` is the alias of a django-redis cache.
    """

    def __init__(
        self, *, cache: str = "default", key: str = "dailyfresh:searches", half_life: int = 7 * 86400, keep: int = 1000
    ) -> None:
        self.alias, self.key, self.half_life, self.keep = cache, key, half_life, keep

    def _client(self) -> Any:
        from django_redis import get_redis_connection

        return get_redis_connection(self.alias)

    def _weight(self) -> float:
        """1 at the start of 2024, twice that a half-life later; a float holds 1,000 of them."""
        return math.pow(2, (time.time() - 1_704_067_200) / self.half_life)

    def note(self, text: str, *, visitor: str) -> None:
        from redis import RedisError

        digest = hashlib.blake2b("\0".join((visitor, text)).encode(), digest_size=12).hexdigest()
        once = f"{self.key}:{digest}"
        try:
            client = self._client()
            if client.set(once, 1, nx=True, ex=3600):
                pipeline = client.pipeline(transaction=False)
                pipeline.zincrby(self.key, self._weight(), text)
                pipeline.zremrangebyrank(self.key, 0, -self.keep - 1)
                pipeline.execute()
        except (RedisError, NotImplementedError) as error:
            logger.warning("A search was not counted: %s", error)

    def drop(self, text: str) -> None:
        from redis import RedisError

        try:
            self._client().zrem(self.key, text)
        except (RedisError, NotImplementedError) as error:
            logger.warning("A search was not dropped: %s", error)

    def top(self, number: int) -> list[str]:
        from redis import RedisError

        try:
            return [
                text.decode() if isinstance(text, bytes) else text
                for text in self._client().zrevrange(self.key, 0, number - 1)
            ]
        except (RedisError, NotImplementedError) as error:
            logger.warning("Popular searches are not known: %s", error)
            return []

    def check(self) -> list[CheckMessage]:
        try:
            self._client()
        except Exception as error:  # noqa: BLE001  # whatever is wrong with the alias, it is named
            hint = "Name an alias of CACHES whose backend is django_redis.cache.RedisCache: pip install dailyfresh-goods[redis]"
            message = f"Popular searches cannot use the cache alias {self.alias!r}: {error}"
            return [Error(message, hint=hint, id="dailyfresh_search.E004")]
        return []
