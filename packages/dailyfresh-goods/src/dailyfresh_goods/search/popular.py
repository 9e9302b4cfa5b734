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
from .models import PopularSearch
from .words.normal import merged

logger: logging.Logger = logging.getLogger(__name__)
SHOWN, KNOWN = 8, 200
SECONDS = 60
GROUP = "popular_searches"
"""What moves in the data cache when the shop pins or blocks a search."""
LONGEST_SHOWN = 24
"""Characters of a search that others are shown: as many fit on the line of a phone."""


def popular_backend() -> "Popular | None":
    """Where searches are counted; None when the site counts none."""
    if conf.SEARCH_POPULAR is None:
        return None
    return backend(conf.SEARCH_POPULAR, where=f'{conf.NAME}["SEARCH_POPULAR"]', base=Popular)  # type: ignore[type-abstract]


def popular_searches(number: int = SHOWN) -> list[str]:
    """Those the shop pinned, then those that count most, a minute old at most; one process asks, the others take what it had."""
    if popular_backend() is None:
        return []
    return cached("popular_searches", (GROUP,), _shown, seconds=SECONDS, stale=True)[:number]


def _shown() -> list[str]:
    places: dict[str, list[str]] = {place: [] for place in PopularSearch.Place.values}
    for text, place in PopularSearch.objects.values_list("text", "place"):
        places[place].append(text)
    never = {merged(text) for text in places[PopularSearch.Place.NEVER]}
    counter = popular_backend()
    shown: dict[str, str] = {}
    for text in [*places[PopularSearch.Place.FIRST], *(counter.top(KNOWN) if counter else [])]:
        shown.setdefault(merged(text), text)
    return [text for spelling, text in shown.items() if spelling not in never]


class Popular(ABC):
    """What a backend of the setting SEARCH_POPULAR must do. Texts are `merged`, and shown to others."""

    @abstractmethod
    def note(self, text: str, *, visitor: str) -> None:
        """Counts a search, the same one of one visitor once an hour.

        A service that is down is logged, never raised.
        """

    @abstractmethod
    def drop(self, text: str) -> None:
        """Forgets a search, if it was counted. A service that is down is logged, never raised."""

    @abstractmethod
    def top(self, number: int) -> list[str]:
        """The searches of enough different visitors that count most, recent ones more; empty when the service is down."""

    def check(self) -> list[CheckMessage]:
        """System check messages about the options."""
        return []


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


class RedisPopular(Popular):
    """Each search adds a weight that doubles every `half_life` seconds, so yesterday's fade without being rewritten.

    Of more than `keep` searches the weakest are dropped; none is shown before `visitors` different ones made it.
    `cache` is the alias of a django-redis cache.
    """

    def __init__(
        self,
        *,
        cache: str = "default",
        key: str = "dailyfresh:searches",
        half_life: int = 7 * 86400,
        keep: int = 1000,
        visitors: int = 3,
    ) -> None:
        self.alias = cache
        self.key = key
        self.half_life = half_life
        self.keep = keep
        self.visitors = visitors

    def _client(self) -> Any:
        from django_redis import get_redis_connection

        return get_redis_connection(self.alias)

    def _weight(self) -> float:
        """1 at the start of 2024, twice that a half-life later; a float holds 1,000 of them."""
        return math.pow(2, (time.time() - 1_704_067_200) / self.half_life)

    def _visitors(self, text: str) -> str:
        return f"{self.key}:visitors:{_digest(text)}"

    def note(self, text: str, *, visitor: str) -> None:
        from redis import RedisError

        once, visitors = f"{self.key}:{_digest(visitor, text)}", self._visitors(text)
        try:
            client = self._client()
            if client.set(once, 1, nx=True, ex=3600):
                pipeline = client.pipeline(transaction=False)
                pipeline.zincrby(self.key, self._weight(), text)
                pipeline.zremrangebyrank(self.key, 0, -self.keep - 1)
                # A sketch of who searched: under 15 kB for any number of visitors, and it names none of them.
                pipeline.pfadd(visitors, visitor)
                pipeline.expire(visitors, 4 * self.half_life)
                pipeline.execute()
        except (RedisError, NotImplementedError) as error:
            logger.warning("A search was not counted: %s", error)
            self._mend(error, visitors)

    def _mend(self, error: Exception, *keys: str) -> None:
        """Drop what counts no searches: a foreign value under our key would stop the counting for ever."""
        if "WRONGTYPE" in str(error):
            client = self._client()
            client.delete(*keys, *([] if client.type(self.key) in (b"zset", "zset") else [self.key]))

    def drop(self, text: str) -> None:
        from redis import RedisError

        try:
            pipeline = self._client().pipeline(transaction=False)
            pipeline.zrem(self.key, text)
            pipeline.delete(self._visitors(text))
            pipeline.execute()
        except (RedisError, NotImplementedError) as error:
            logger.warning("A search was not dropped: %s", error)

    def top(self, number: int) -> list[str]:
        from redis import RedisError

        try:
            client = self._client()
            found = client.zrevrange(self.key, 0, self.keep - 1)
            texts = [text.decode(errors="replace") if isinstance(text, bytes) else text for text in found]
            pipeline = client.pipeline(transaction=False)
            for text in texts:
                pipeline.pfcount(self._visitors(text))
            counts = zip(texts, pipeline.execute(raise_on_error=False), strict=True)
            return [text for text, seen in counts if isinstance(seen, int) and seen >= self.visitors][:number]
        except (RedisError, NotImplementedError) as error:
            logger.warning("Popular searches are not known: %s", error)
            self._mend(error)
            return []

    def check(self) -> list[CheckMessage]:
        try:
            self._client()
        except Exception as error:  # noqa: BLE001  # whatever is wrong with the alias, it is named
            hint = "Name an alias of CACHES whose backend is django_redis.cache.RedisCache: pip install dailyfresh-goods[redis]"
            message = f"Popular searches cannot use the cache alias {self.alias!r}: {error}"
            return [Error(message, hint=hint, id="dailyfresh_search.E004")]
        return []
