"""Two storage servers of one group: reads and uploads go where there is somebody."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_fdfs_storage.client import FastDFSClient, wire
from django_fdfs_storage.client.connection import Address
from django_fdfs_storage.devserver import DevServer
from django_fdfs_storage.devserver.protocol import Refusal
from django_fdfs_storage.devserver.tracker import TrackerHandler
from django_fdfs_storage.exceptions import (
    ConnectionLost,
    NoStorageAvailable,
    NoSuchFile,
    Refused,
    ServerTimeout,
    ServerUnreachable,
)
from proxy import Proxy

COMMANDS = wire.Command


class Tracker(socketserver.ThreadingTCPServer):
    """Names `preferred` first, `deciding` for changes, and both servers where all are asked for."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, servers: list[Address], width: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.servers, self.width = servers, width
        self.preferred = self.deciding = 0
        self.asked: list[int] = []

    def record(self, number: int) -> bytes:
        server = self.servers[number]
        return wire.pack_text(server.host, self.width) + wire.pack_numbers(server.port)

    def answer(self, command: int) -> bytes:
        self.asked.append(command)
        group, path = wire.pack_text("group1", 16), b"\0"
        both = self.record(0) + self.record(1)
        return {
            COMMANDS.STORE: group + self.record(self.preferred) + path,
            COMMANDS.STORE_IN_GROUP_ALL: group + both + path,
            COMMANDS.FETCH: group + self.record(self.preferred),
            COMMANDS.FETCH_ALL: group + both,
            COMMANDS.UPDATE: group + self.record(self.deciding),
        }[COMMANDS(command)]


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while header := self.rfile.read(10):
            length, command, _ = struct.unpack("!QBB", header)
            self.rfile.read(length)
            self.wfile.write(wire.pack_message(100, self.server.answer(command)))


class Group:
    """Two servers that share nothing but what a test copies, as replicas before they are synced."""

    def __init__(self, tmp_path: Path, width: int) -> None:
        options = {"tracker_port": 0, "storage_port": 0, "http_port": None}
        self.servers = [DevServer(tmp_path / name, **options).start() for name in "ab"]
        self.proxies = [Proxy(Address("127.0.0.1", server.storage_ports[0])) for server in self.servers]
        self.tracker = Tracker([proxy.address for proxy in self.proxies], width)
        threading.Thread(target=self.tracker.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.timeouts = 0
        self.client = self.make()

    def make(self, **options) -> FastDFSClient:
        tracker = str(Address(*self.tracker.server_address))
        return FastDFSClient([tracker], network_timeout=2, metrics=self.count, **options)

    def count(self, name: str, value: float, attributes: dict) -> None:
        """How often the clients waited in vain: a clock would measure the machine too."""
        self.timeouts += attributes.get("error.type") == "ServerTimeout"

    def sync(self, name: str) -> None:
        """Copy a file from the first server to the second."""
        path = name.partition("/")[2]
        source, target = (server.disks["group1"].path(path) for server in self.servers)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())

    def stop(self) -> None:
        self.client.close()
        self.tracker.shutdown()
        self.tracker.server_close()
        for each in [*self.proxies, *self.servers]:
            each.stop()


@pytest.fixture
def hanging(tmp_path) -> Iterator[Group]:
    """A group for tests that wait."""
    group = Group(tmp_path, wire.IPV4_WIDTH)
    yield group
    group.stop()


@pytest.fixture(params=[wire.IPV4_WIDTH, wire.IPV6_WIDTH], ids=["ipv4", "ipv6"])
def group(request, tmp_path) -> Iterator[Group]:
    group = Group(tmp_path, request.param)
    yield group
    group.stop()


def test_a_read_goes_to_the_replica_when_the_first_server_is_down(group):
    name = group.client.upload(b"both have it")
    group.sync(name)
    group.proxies[0].stop()
    assert group.client.download(name) == b"both have it"
    assert group.client.info(name).size == 12
    group.proxies[0].restart()


def test_a_read_cut_in_the_middle_is_taken_over_by_the_replica(group):
    content = bytes(range(256)) * 2000
    name = group.client.upload(content)
    group.sync(name)
    group.proxies[0].drop_connections()
    group.proxies[0].cut_answer_after = 1000
    assert group.client.download(name) == content


def test_a_replica_that_lags_behind_does_not_lose_a_file(group):
    name = group.client.upload(b"only the first has it")
    group.tracker.preferred = 1
    assert group.client.exists(name)
    assert group.client.download(name) == b"only the first has it"


def test_a_file_that_the_deciding_server_lacks_is_missing(group):
    name = group.client.upload(b"x")
    group.client.delete(name)
    group.tracker.preferred = 1
    with pytest.raises(NoSuchFile):
        group.client.info(name)


def test_a_lagging_replica_proves_nothing_while_the_other_server_is_down(group):
    name = group.client.upload(b"only the first has it")
    group.proxies[0].stop()
    with pytest.raises(ServerUnreachable):
        group.client.exists(name)
    group.proxies[0].restart()
    assert group.client.exists(name)


def test_an_upload_goes_to_the_other_server_when_the_first_is_down(group):
    group.proxies[0].stop()
    name = group.client.upload(b"x")
    group.proxies[0].restart()
    assert [path.name for path in group.servers[1].disks["group1"].data.rglob("*") if path.is_file()] == [
        name.rpartition("/")[2]
    ]


def test_without_replicas_only_the_named_server_is_asked(group):
    client = group.make(replicas=False)
    name = client.upload(b"x")
    group.sync(name)
    group.proxies[0].stop()
    with pytest.raises(ServerUnreachable):
        client.download(name)
    group.proxies[0].restart()
    client.close()


def test_a_file_is_located_once_and_again_when_its_server_is_gone(group):
    name = group.client.upload(b"x" * 100)
    group.sync(name)
    group.tracker.asked.clear()
    for _ in range(5):
        group.client.download(name)
    assert group.tracker.asked == [COMMANDS.FETCH]
    group.proxies[0].stop()
    for _ in range(5):
        assert group.client.download(name) == b"x" * 100
    assert group.tracker.asked == [COMMANDS.FETCH, COMMANDS.FETCH_ALL]
    group.proxies[0].restart()


def test_a_hung_server_costs_a_stream_one_timeout(hanging):
    content = bytes(range(256)) * 20_000
    name = hanging.client.upload(content)
    hanging.sync(name)
    client = hanging.make()
    blocks = client.stream(name)
    read = next(blocks)
    hanging.proxies[0].hang = True
    assert read + b"".join(blocks) == content
    assert hanging.timeouts == 1
    client.close()


def test_a_file_that_was_moved_is_found_again(group):
    name = group.client.upload(b"x" * 100)
    group.sync(name)
    assert group.client.exists(name)
    path = group.servers[0].disks["group1"].path(name.partition("/")[2])
    path.unlink()
    group.tracker.deciding = 1
    assert group.client.download(name) == b"x" * 100


# -- a server that hangs --


def kept(group, number: int) -> int:
    return sum(1 for path in group.servers[number].disks["group1"].data.rglob("*") if path.is_file())


def test_a_hung_server_costs_uploads_one_timeout(hanging):
    """The first may have been stored, so its error is the caller's; the next ones go elsewhere."""
    hanging.proxies[0].hang = True
    with pytest.raises(ServerTimeout):
        hanging.client.upload(b"who knows")
    for _ in range(20):
        hanging.client.upload(b"x")
    assert hanging.timeouts == 1
    assert (kept(hanging, 0), kept(hanging, 1)) == (0, 20)


def test_an_upload_whose_request_was_not_complete_goes_to_the_other_server(hanging):
    hanging.proxies[0].deaf = True
    content = b"x" * 30_000_000
    name = hanging.client.upload(content)
    assert kept(hanging, 1) == 1
    hanging.tracker.preferred = hanging.tracker.deciding = 1
    assert hanging.client.info(name).size == len(content)


@pytest.mark.parametrize("content", [lambda: b"x" * 30_000_000, lambda: [b"x" * 10_000_000] * 3])
def test_an_upload_cut_in_the_middle_goes_to_the_other_server(group, content):
    group.proxies[0].cut_request_after = 100_000
    group.client.upload(content(), size=30_000_000)
    assert (kept(group, 0), kept(group, 1)) == (0, 1)


def test_content_that_is_drawn_once_is_not_sent_to_a_second_server(group):
    group.proxies[0].cut_request_after = 100_000
    with pytest.raises(ConnectionLost):
        group.client.upload(iter([b"x" * 10_000_000] * 3), size=30_000_000)
    assert (kept(group, 0), kept(group, 1)) == (0, 0)


def test_a_server_that_failed_is_trusted_again_after_a_sign_of_life(hanging, monkeypatch):
    monkeypatch.setattr("django_fdfs_storage.client.pool.PENALTY_SECONDS", 0)
    hanging.proxies[0].hang = True
    with pytest.raises(ServerTimeout):
        hanging.client.upload(b"x")
    hanging.client.upload(b"while it hangs, its sign of life is waited for and then the other taken")
    assert kept(hanging, 1) == 1
    hanging.proxies[0].heal()
    hanging.client.upload(b"x")
    assert (kept(hanging, 0), kept(hanging, 1)) == (1, 1)


def test_reads_leave_a_hung_server_alone_too(hanging):
    names = [hanging.client.upload(b"%d" % number) for number in range(10)]
    for name in names:
        hanging.sync(name)
    hanging.proxies[0].hang = True
    assert [hanging.client.download(name) for name in names] == [b"%d" % number for number in range(10)]
    assert hanging.timeouts == 1


# -- a group without space --


@pytest.fixture
def two_groups(tmp_path):
    with DevServer(tmp_path, tracker_port=0, storage_port=0, http_port=None, groups=("group1", "group2")) as server:
        full = Proxy(Address("127.0.0.1", server.storage_ports[0]), garbage=struct.pack("!QBB", 0, 100, 28))
        there = {f"127.0.0.1:{server.storage_ports[0]}": str(full)}
        client = FastDFSClient([server.tracker], network_timeout=2, address_map=there)
        yield client
        client.close()
        full.stop()


def test_a_group_without_space_leaves_uploads_to_another_one(two_groups):
    assert {two_groups.upload(b"x" * size)[:7] for size in (1, 2, 300_000, 300_001)} == {"group2/"}


def test_a_group_that_was_chosen_is_not_exchanged(two_groups):
    with pytest.raises(Refused) as caught:
        two_groups.upload(b"x", group="group1")
    assert caught.value.status == 28


def test_a_tracker_that_names_a_full_group_is_asked_for_another(two_groups, monkeypatch):
    """As with store_lookup = 1: it answers "no space", although there is some elsewhere."""

    def full(self, header):
        raise Refusal(28)

    monkeypatch.setattr(TrackerHandler, "store", full)
    assert two_groups.upload(b"x").startswith("group2/")
    monkeypatch.setattr(TrackerHandler, "store_in_group", full)
    with pytest.raises(NoStorageAvailable, match="No space left"):
        two_groups.upload(b"x")
