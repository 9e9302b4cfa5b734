"""Sessions out of the cache, and out of the database while the cache is away: `SESSION_ENGINE = "store.sessions"`."""

from typing import Any

from django.contrib.sessions.backends import cached_db, db
from redis.exceptions import RedisError


class SessionStore(cached_db.SessionStore):
    """Django's own, which puts what it read from the database back into the cache and falls over one that has died.

    What is deleted must be gone from the cache too, or a visitor who signed out would be signed in again when it is back: there the error
    passes, and is answered with 503.
    """

    def load(self) -> dict[str, Any]:
        try:
            found = super().load()
        except RedisError:
            return db.SessionStore.load(self)
        # What lies in the cache under our key and is none of ours.
        return found if isinstance(found, dict) else db.SessionStore.load(self)

    def exists(self, session_key: str) -> bool:
        try:
            return super().exists(session_key)
        except RedisError:
            return db.SessionStore.exists(self, session_key)
