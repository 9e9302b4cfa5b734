"""What an exchange took and failed of, told to the hook of whoever watches, as OpenTelemetry names such things."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from ..exceptions import FastDFSError
from .connection import Address
from .wire import Command

logger: logging.Logger = logging.getLogger(__name__)
Attributes = dict[str, str | int]
# Name, value, attributes; called in the thread that measured, so it must be quick.
Metrics = Callable[[str, float, Attributes], None]


@contextmanager
def measured(
    hook: Metrics | None, address: Address, usage: Callable[[Address], tuple[int, int]]
) -> Iterator[Attributes]:
    """Measure an exchange with a server, whose command goes to the attributes under "fastdfs.operation.name".

    `usage` gives the connections that are idle and in use. A hook that fails is logged: the file is there all the same.
    """
    place: Attributes = {"server.address": address.host, "server.port": address.port}
    attributes = dict(place)
    start = monotonic()
    try:
        yield attributes
    except FastDFSError as error:
        attributes["error.type"] = type(error).__name__
        raise
    finally:
        if hook:
            if command := attributes.get("fastdfs.operation.name"):
                attributes["fastdfs.operation.name"] = Command(int(command)).name.lower()
            try:
                hook("fastdfs.client.operation.duration", monotonic() - start, attributes)
                for state, count in zip(("idle", "used"), usage(address), strict=True):
                    hook("fastdfs.client.connection.count", count, {**place, "state": state})
            except Exception:
                logger.exception("The metrics hook failed; the exchange with %s did not.", address)
