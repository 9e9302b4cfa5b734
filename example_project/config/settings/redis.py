"""The Redis servers: each at the address that the environment gives, or the master of a name that Sentinels know."""

from urllib.parse import urlsplit

from .environment import env

SENTINELS = [
    (host, int(port or 26379))
    for host, _colon, port in (address.partition(":") for address in env.list("REDIS_SENTINELS", default=[]))
]
"""With these the host in the URL of a Redis is the name of a master: redis://carts/0."""


def redis_database(url: str, step: int) -> str:
    """The URL of the Redis database `step` numbers further."""
    base, _slash, number = url.rpartition("/") if url.count("/") > 2 else (url, "", "0")
    return f"{base}/{int(number or 0) + step}"


def redis_cache(url: str, *, seconds: float) -> dict[str, object]:
    """One that hangs is waited for so long, at each question of a request. Only masters are asked: a replica may be behind."""
    options: dict[str, object] = {"SOCKET_TIMEOUT": seconds, "SOCKET_CONNECT_TIMEOUT": seconds}
    if SENTINELS:
        options |= {"CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory", "SENTINELS": SENTINELS}
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": options}


def broker(url: str) -> tuple[str, dict[str, object]]:
    """Celery's address of the broker, and the options of its transport."""
    if not url.startswith("redis"):
        return url, {}
    # A dead worker's message comes back after this long; the drains do not wait for it.
    options: dict[str, object] = {"visibility_timeout": 60}
    if not SENTINELS:
        return url, options
    master = urlsplit(url)
    secret, at, _name = master.netloc.rpartition("@")
    addresses = [f"sentinel://{secret}{at}{host}:{port}{master.path}" for host, port in SENTINELS]
    return ";".join(addresses), options | {"master_name": master.hostname}
