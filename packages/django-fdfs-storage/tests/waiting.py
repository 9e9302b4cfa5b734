"""The client for event loops in the clothes of the other one, so that both meet the same tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

from django_fdfs_storage.client import AsyncFastDFSClient


class Waiting:
    """Runs each coroutine of `it` to its end in a loop of its own."""

    def __init__(self, it: Any, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.it, self.loop = it, loop or asyncio.new_event_loop()

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.it, name)
        if name == "trackers":
            return Waiting(value, self.loop)
        return self._waits(value) if callable(value) else value

    def _waits(self, method: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            result = method(*arguments, **options)
            if isinstance(result, AsyncIterator):
                return self._each(result)
            return self.loop.run_until_complete(result) if isinstance(result, Awaitable) else result

        return call

    def _each(self, items: AsyncIterator[Any]) -> Any:
        async def following() -> Any:
            return await anext(items, None)

        while (item := self.loop.run_until_complete(following())) is not None:
            yield item

    def close(self) -> None:
        self.it.close()
        if not self.loop.is_closed():
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()


def waiting_client(*arguments: Any, **options: Any) -> Any:
    return Waiting(AsyncFastDFSClient(*arguments, **options))
