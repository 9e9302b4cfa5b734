"""What only tasks of one event loop can do: many at once, one that is cancelled, content that is awaited."""

import asyncio
import time
from contextlib import closing

import pytest
from django.core.files.base import ContentFile
from django_fdfs_storage.client import AsyncFastDFSClient
from django_fdfs_storage.client.connection import Address
from django_fdfs_storage.exceptions import (
    BadReply,
    NoSuchFile,
    PoolExhausted,
    ServerTimeout,
    ServerUnreachable,
    WrongSize,
)
from django_fdfs_storage.storage import FastDFSStorage
from proxy import Proxy


def in_loop(work, tracker, **options):
    """Run work(client) in a loop; afterwards no connection is in use and no task is left."""

    async def main():
        client = AsyncFastDFSClient([tracker], **options)
        result = await work(client)
        assert all(used == 0 for _idle, used in client.pool.usage().values())
        client.close()
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return result

    return asyncio.run(main())


@pytest.fixture
def slow(own_server):
    """A storage server behind a proxy, and the options that lead there."""
    real = f"127.0.0.1:{own_server.storage_ports[0]}"
    proxy = Proxy(Address.parse(real))
    yield proxy, own_server.tracker, {"address_map": {real: str(proxy)}}
    proxy.stop()


def test_fifty_tasks_share_few_connections_without_a_wrong_byte(tracker):
    async def work(client):
        async def one(number):
            content = b"%d" % number * 5000
            name = await client.upload(content)
            assert await client.download(name) == content
            assert b"".join([block async for block in client.stream(name, block=3000)]) == content
            await client.delete(name)
            with pytest.raises(NoSuchFile):
                await client.info(name)

        await asyncio.gather(*map(one, range(50)))
        assert all(idle <= 4 for idle, _used in client.pool.usage().values())

    in_loop(work, tracker, max_connections=4, connect_timeout=30)


def test_a_stream_that_is_cut_is_an_error(tracker, monkeypatch):
    async def work(client):
        name = await client.upload(b"0123456789")
        download = client.download

        async def cut(file_id, *, offset, length):
            return b"" if offset else await download(file_id, offset=offset, length=length)

        monkeypatch.setattr(client, "download", cut)
        with pytest.raises(BadReply, match="ended at 4 of its 10 bytes"):
            [block async for block in client.stream(name, block=4)]

    in_loop(work, tracker)


def test_content_may_be_awaited(tracker):
    async def parts(*each):
        for part in each:
            await asyncio.sleep(0)
            yield part

    async def work(client):
        name = await client.upload(parts(b"a" * 300_000, b"", b"b"), size=300_001)
        assert await client.download(name) == b"a" * 300_000 + b"b"
        with pytest.raises(WrongSize):
            await client.upload(parts(b"abc"), size=4)
        assert await client.download(await client.upload(b"next")) == b"next"

    in_loop(work, tracker)


def test_a_hung_server_holds_up_its_own_task_alone(slow):
    proxy, tracker, options = slow

    async def work(client):
        name = await client.upload(b"x")
        proxy.hang = True
        start = time.monotonic()
        waiting = asyncio.create_task(client.download(name))
        ticks = 0
        while not waiting.done():
            await asyncio.sleep(0.01)
            ticks += 1
        with pytest.raises(ServerTimeout, match="timed out"):
            await waiting
        assert 0.4 < time.monotonic() - start < 3
        assert ticks > 5

    in_loop(work, tracker, network_timeout=0.5, **options)


def test_a_cancelled_task_gives_its_connection_back_closed(slow):
    proxy, tracker, options = slow

    async def work(client):
        name = await client.upload(b"x" * 1000)
        proxy.hang = True
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.download(name), 0.1)
        proxy.heal()
        assert await client.download(name) == b"x" * 1000

    in_loop(work, tracker, network_timeout=5, max_connections=1, **options)


def test_a_pool_without_a_free_connection_says_so(slow):
    _proxy, tracker, options = slow

    async def endless():
        yield b"x"
        await asyncio.sleep(2)
        yield b"y"

    async def work(client):
        busy = asyncio.create_task(client.upload(endless(), size=2))
        await asyncio.sleep(0.1)
        with pytest.raises(PoolExhausted):
            await client.upload(b"z")
        busy.cancel()
        with pytest.raises(asyncio.CancelledError):
            await busy
        await client.upload(b"z")

    in_loop(work, tracker, network_timeout=0.3, max_connections=1, **options)


def test_nobody_there_is_said_in_words(tracker):
    async def work(client):
        with pytest.raises(ServerUnreachable, match="no connection to 127.0.0.1:1"):
            await client.upload(b"x")

    in_loop(work, "127.0.0.1:1")


def test_a_storage_gives_a_client_for_an_event_loop_with_its_options(tracker):
    storage = FastDFSStorage(trackers=[tracker], network_timeout=3)
    name = storage.save("a.txt", ContentFile(b"from a storage"))

    async def work():
        with closing(storage.async_client()) as client:
            assert client.pool.network_timeout == 3
            return await client.download(name)

    assert asyncio.run(work()) == b"from a storage"
