"""Redis as the broker: its channels are closed to the end, also when the connection breaks while they are."""

from kombu.transport import redis


class _ToTheEnd:
    """A channel that waits for an answer reads it first when it is closed; kombu 5.7 leaves the rest undone when that fails.

    What closes it again then has no address any more, and its AttributeError ends the whole worker.
    """

    def close(self) -> None:
        try:
            super().close()  # type: ignore[misc]
        except self.connection_errors:  # type: ignore[attr-defined]
            super().close()  # type: ignore[misc]


class Channel(_ToTheEnd, redis.Channel):
    pass


class SentinelChannel(_ToTheEnd, redis.SentinelChannel):
    pass


class Transport(redis.Transport):
    Channel = Channel


class SentinelTransport(redis.SentinelTransport):
    Channel = SentinelChannel


TRANSPORTS = {
    "redis": "celery_tasks.broker:Transport",
    "rediss": "celery_tasks.broker:Transport",
    "sentinel": "celery_tasks.broker:SentinelTransport",
}
"""Scheme of the broker's address -> its transport."""
