"""The broker: neither a connection to Redis that breaks twice nor its full memory ends the worker, and it is back soon."""

from typing import Any

import kombu
from kombu.transport import redis
from redis.exceptions import OutOfMemoryError

LONGEST = 4.0
"""Seconds between two looks at a broker that is away."""


class Connection(kombu.Connection):  # type: ignore[misc]
    """After a broker that was away for long the worker is back soon: kombu would wait for up to 30 s before it looks again."""

    def ensure_connection(self, *args: Any, **options: Any) -> Any:
        return super().ensure_connection(*args, **{"interval_max": LONGEST, **options})


class _ToTheEnd:
    """A channel that waits for an answer reads it first when it is closed; kombu 5.7 leaves the rest undone when that fails.

    What closes it again then has no address any more, and its AttributeError ends the whole worker.
    """

    def close(self) -> None:
        try:
            super().close()  # type: ignore[misc]
        except self.connection_errors:  # type: ignore[attr-defined]
            super().close()  # type: ignore[misc]

    def basic_ack(self, *args: Any, **options: Any) -> None:
        """Of all errors Celery lets this one through: what is only logged fills the worker's hands for ever."""
        try:
            super().basic_ack(*args, **options)  # type: ignore[misc]
        except OutOfMemoryError as error:
            raise BrokenPipeError(str(error)) from error


class Channel(_ToTheEnd, redis.Channel):
    pass


class SentinelChannel(_ToTheEnd, redis.SentinelChannel):
    pass


class _Patient:
    """A Redis that is full is like one that is away: Celery would end the worker that cannot say what it has done."""

    connection_errors = (*redis.Transport.connection_errors, OutOfMemoryError)


class Transport(_Patient, redis.Transport):
    Channel = Channel


class SentinelTransport(_Patient, redis.SentinelTransport):
    Channel = SentinelChannel


TRANSPORTS = {
    "redis": "celery_tasks.broker:Transport",
    "rediss": "celery_tasks.broker:Transport",
    "sentinel": "celery_tasks.broker:SentinelTransport",
}
"""Scheme of the broker's address -> its transport."""
