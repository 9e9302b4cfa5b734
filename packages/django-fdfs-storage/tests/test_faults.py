"""Servers that die, hang, restart and lie: no wrong byte, no second copy, and the next call works."""

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.client.connection import Address
from django_fdfs_storage.client.coroutines import finished
from django_fdfs_storage.client.threads import BlockingConnection
from django_fdfs_storage.devserver import DevServer
from django_fdfs_storage.exceptions import (
    BadReply,
    ConnectionLost,
    FastDFSError,
    NoStorageAvailable,
    PoolExhausted,
    Refused,
    ServerTimeout,
    ServerUnreachable,
)
from proxy import Proxy
from waiting import waiting_client


class Cluster:
    """A tracker and a storage server, each behind a proxy; `data` is where the files are kept."""

    def __init__(self, tracker: str, data: Path) -> None:
        direct = FastDFSClient([tracker])
        server = direct.trackers.store()
        direct.close()
        self._storage = f"{server.host}:{server.port}"
        self.tracker = Proxy(Address.parse(tracker))
        self.storage = Proxy(Address(server.host, server.port))
        self._data = data
        self._before = set(self._held())

    def client(self, *, kind=FastDFSClient, trackers: list[str] | None = None, timeout: float = 1.0, **options):
        return kind(
            trackers or [str(self.tracker)],
            network_timeout=timeout,
            connect_timeout=timeout,
            address_map={self._storage: str(self.storage)},
            **options,
        )

    def _held(self) -> list[Path]:
        return [path for path in self._data.rglob("??/??/*") if path.is_file()]

    def files(self) -> list[Path]:
        """What was stored since."""
        return [path for path in self._held() if path not in self._before]


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The cluster under test; FDFS_TRACKER and FDFS_DATA (a data folder) name an external one."""
    if "FDFS_DATA" in os.environ:
        cluster = Cluster(os.environ["FDFS_TRACKER"], Path(os.environ["FDFS_DATA"]))
    else:
        server = request.getfixturevalue("own_server")
        cluster = Cluster(server.tracker, server.disks["group1"].data)
    yield cluster
    cluster.tracker.stop()
    cluster.storage.stop()


@pytest.fixture(params=[FastDFSClient, waiting_client], ids=["threads", "eventloop"])
def client(cluster: Cluster, request) -> Iterator[FastDFSClient]:
    # A timer of the event loop does not forgive a machine that stands still.
    client = cluster.client(kind=request.param, timeout=1.0 if request.param is FastDFSClient else 2.0)
    yield client
    client.close()


def works(client: FastDFSClient) -> bool:
    content = time.monotonic_ns().to_bytes(8, "big") * 1000
    return client.download(client.upload(content)) == content


# -- restarts --


@pytest.mark.parametrize("which", ["tracker", "storage"])
def test_a_restart_between_two_calls_is_not_noticed(cluster, client, which):
    name = client.upload(b"before")
    getattr(cluster, which).drop_connections()
    assert client.upload(b"after")
    getattr(cluster, which).drop_connections()
    assert client.download(name) == b"before"
    assert len(cluster.files()) == 2


@pytest.mark.parametrize("which", ["tracker", "storage"])
def test_the_first_call_after_an_outage_works(cluster, client, which):
    proxy = getattr(cluster, which)
    assert works(client)
    proxy.stop()
    for _ in range(3):
        with pytest.raises(ServerUnreachable):
            client.upload(b"nobody is there")
    proxy.restart()
    assert works(client)


def test_the_development_server_keeps_files_over_a_restart(tmp_path):
    ports = {"tracker_port": 0, "storage_port": 0, "http_port": None}
    with DevServer(tmp_path, **ports) as first:
        client = FastDFSClient([first.tracker])
        name = client.upload(b"kept")
        client.set_metadata(name, {"a": "b"})
        ports = {"tracker_port": first.tracker_port, "storage_port": first.storage_ports[0], "http_port": None}
    with DevServer(tmp_path, **ports):
        assert client.download(name) == b"kept"
        assert client.metadata(name) == {"a": "b"}
        assert works(client)
    client.close()


# -- hangs --


@pytest.mark.parametrize("which", ["tracker", "storage"])
def test_a_hung_server_costs_its_timeout_and_no_more(cluster, client, which):
    assert works(client)
    proxy = getattr(cluster, which)
    proxy.hang = True
    start = time.monotonic()
    with pytest.raises(FastDFSError) as caught:
        client.upload(b"x")
    assert isinstance(caught.value, ServerTimeout if which == "storage" else ServerUnreachable)
    assert 0.9 < time.monotonic() - start < 5
    proxy.heal()
    assert works(client)


def test_a_late_answer_is_nobodys_answer(cluster, client):
    """After a timeout the connection is gone, so what still arrives on it is never read."""
    one, two = client.upload(b"one"), client.upload(b"two")
    cluster.storage.hang = True
    with pytest.raises(ServerTimeout):
        client.download(one)
    cluster.storage.heal()
    assert client.download(two) == b"two"
    assert client.download(one) == b"one"


def test_a_server_that_drips_bytes_does_not_hold_the_caller(cluster):
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            for byte in struct.pack("!QBB", 39, 100, 0) + bytes(39):
                time.sleep(0.1)
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    client = FastDFSClient([str(Address(*listener.getsockname()))], network_timeout=0.3)
    start = time.monotonic()
    with pytest.raises(ServerUnreachable, match="timed out"):
        client.upload(b"x")
    assert time.monotonic() - start < 3
    thread.join()
    listener.close()


# -- cuts in the middle --


@pytest.mark.parametrize("after", [0, 5, 10, 20, 1000, 70_000])
def test_a_download_cut_in_the_middle_is_an_error_and_never_short(cluster, client, after):
    content = bytes(range(256)) * 1000
    name = client.upload(content)
    cluster.storage.drop_connections()
    cluster.storage.cut_answer_after = after
    with pytest.raises(ConnectionLost):
        client.download(name)
    cluster.storage.heal()
    assert client.download(name) == content


@pytest.mark.parametrize("after", [0, 5, 12, 25, 1000, 500_000])
def test_an_upload_cut_in_the_middle_leaves_no_file(cluster, client, after):
    cluster.storage.cut_request_after = after
    with pytest.raises(ConnectionLost):
        client.upload(b"x" * 1_000_000)
    cluster.storage.heal()
    for _ in range(100):  # a real server writes in place, and deletes when it hears of the end
        if not cluster.files():
            break
        time.sleep(0.05)
    assert cluster.files() == []
    assert works(client)


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("after", [0, 9, 10, 30])
def test_an_upload_whose_answer_is_lost_is_not_sent_again(cluster, client, after, warm):
    """The server may have stored it: an error leaves the choice to the caller, a retry would not."""
    if warm:
        client.upload(b"over a connection that is used again")
    cluster.storage.cut_answer_after = after
    with pytest.raises(ConnectionLost):
        client.upload(b"once")
    cluster.storage.heal()
    assert len(cluster.files()) == 1 + warm
    assert works(client)


@pytest.mark.parametrize("after", [0, 5, 10, 30])
def test_a_tracker_that_hangs_up_in_its_answer_is_asked_no_further(cluster, client, after):
    cluster.tracker.cut_answer_after = after
    with pytest.raises(ServerUnreachable):
        client.upload(b"x")
    cluster.tracker.heal()
    assert works(client)


# -- garbage --


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack("!QBB", 3, 100, 0) + b"abc",
        struct.pack("!QBB", 40, 101, 0) + bytes(40),
        struct.pack("!QBB", 1 << 40, 100, 0),
        struct.pack("!QBB", 1 << 63, 100, 0),
        struct.pack("!QBB", 40, 100, 0) + bytes(40),
        struct.pack("!QBB", 7, 100, 2) + b"message",
        bytes(64),
        # a server whose name cannot be one
        struct.pack("!QBB16s15sQB", 40, 100, 0, b"group1", b"a..b", 23000, 0),
    ],
)
@pytest.mark.parametrize("which", ["tracker", "storage"])
def test_garbage_is_an_error_of_ours_and_soon_forgotten(cluster, client, which, garbage):
    proxy = getattr(cluster, which)
    proxy.garbage = garbage
    with pytest.raises(FastDFSError):
        client.upload(b"x")
    proxy.drop_connections()  # it hangs up anyway, but perhaps only in the middle of the next upload
    proxy.heal()
    assert works(client)


def test_an_answer_of_a_wild_length_takes_no_memory(cluster, client):
    name = client.upload(b"x")
    cluster.storage.drop_connections()
    cluster.storage.garbage = struct.pack("!QBB", 1 << 45, 100, 0)
    with pytest.raises(ConnectionLost):
        client.download(name)
    with pytest.raises(BadReply):
        client.download(name, length=1)


# -- what a missing file is not --


def test_a_storage_server_that_is_down_is_no_missing_file(cluster, client):
    name = client.upload(b"x")
    cluster.storage.stop()
    for question in (client.exists, client.info, client.download, client.delete):
        with pytest.raises(FastDFSError) as caught:
            question(name)
        assert not isinstance(caught.value, FileNotFoundError)
    cluster.storage.restart()
    assert client.exists(name)


def test_a_tracker_without_storage_servers_is_no_missing_file(cluster, client):
    """For some seconds after its start a tracker answers status 2 to every question."""
    name = client.upload(b"x")
    client.close()
    client = cluster.client()
    cluster.tracker.garbage = struct.pack("!QBB", 0, 100, 2)
    for question in (client.exists, client.info, client.download, client.delete, client.upload):
        with pytest.raises(NoStorageAvailable):
            question(b"new" if question == client.upload else name)
    cluster.tracker.heal()
    assert client.exists(name)
    client.close()


# -- several trackers --


def test_a_dead_tracker_is_passed_over_and_not_asked_at_every_call(cluster):
    dead = Proxy(cluster.tracker.target, hang=True)
    client = cluster.client(trackers=[str(dead), str(cluster.tracker)])
    start = time.monotonic()
    for _ in range(5):
        assert works(client)
    assert time.monotonic() - start < 5 * 1.0
    assert dead.accepted == 1
    dead.stop()
    client.close()


def test_a_tracker_that_knows_no_storage_does_not_stop_the_next_one(cluster):
    fresh = Proxy(cluster.tracker.target, garbage=struct.pack("!QBB", 0, 100, 2))
    client = cluster.client(trackers=[str(fresh), str(cluster.tracker)])
    assert works(client)
    fresh.stop()
    client.close()


def test_no_tracker_at_all_is_said_with_each_reason(cluster):
    other = Proxy(cluster.tracker.target)
    client = cluster.client(trackers=[str(cluster.tracker), str(other)])
    other.stop()
    cluster.tracker.stop()
    with pytest.raises(ServerUnreachable) as caught:
        client.upload(b"x")
    assert str(other) in str(caught.value)
    assert str(cluster.tracker) in str(caught.value)
    cluster.tracker.restart()
    assert works(client)
    client.close()


# -- the pool --


def test_a_client_reuses_its_connections(cluster, client):
    for _ in range(20):
        assert works(client)
    assert (cluster.tracker.accepted, cluster.storage.accepted) == (1, 1)


def test_the_pool_is_bounded_and_waits_its_turn(cluster):
    client = cluster.client(max_connections=3, timeout=5)
    threads = [threading.Thread(target=lambda: [works(client) for _ in range(10)]) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cluster.storage.accepted <= 3
    assert len(cluster.files()) == 120
    client.close()


def test_a_pool_without_a_free_connection_says_so(cluster):
    client = cluster.client(max_connections=1)
    began, finish = threading.Event(), threading.Event()

    def slow():
        began.set()
        finish.wait(5)
        yield b"x" * 100_000

    thread = threading.Thread(target=lambda: client.upload(slow(), size=100_000))
    thread.start()
    began.wait(5)
    with pytest.raises(PoolExhausted):
        client.upload(b"y")
    finish.set()
    thread.join()
    assert works(client)
    client.close()


def test_who_waited_for_a_connection_does_not_wait_again_when_it_proves_dead(cluster, monkeypatch):
    client, waits, reused = cluster.client(), [], []
    client.upload(b"x")
    enter = client.pool._is_entered

    def count(slots):
        waits.append(slots)
        return enter(slots)

    async def talk(connection):
        reused.append(connection.reused)
        if connection.reused:
            raise ConnectionLost("dead", sent=False)

    monkeypatch.setattr(client.pool, "_is_entered", count)
    finished(client.pool.exchange(client.trackers.addresses[0], talk))
    assert (reused, len(waits)) == ([True, False], 1)
    client.close()


def test_a_slow_reader_holds_no_connection(cluster):
    client = cluster.client(max_connections=1)
    name = client.upload(b"x" * 3_000_000)
    reader = client.stream(name)
    next(reader)
    assert works(client)
    assert len(b"".join(reader)) == 2_000_000 - 97_152 + 48_576
    client.close()


@pytest.mark.parametrize(("status", "stays"), [(0, True), (2, True), (17, True), (22, False), (28, False), (5, False)])
def test_only_a_connection_whose_exchange_ended_well_serves_again(status, stays):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = Address(*listener.getsockname())
        connection = finished(BlockingConnection.open(address, connect_timeout=1, network_timeout=1))
        server, _ = listener.accept()
        with server:
            finished(connection.begin(111))
            assert not connection.idle
            server.sendall(struct.pack("!QBB", 0, 100, status))
            if status:
                with pytest.raises(Refused) as caught:
                    finished(connection.answer())
                assert caught.value.status == status
            else:
                assert finished(connection.answer()) == b""
            assert connection.idle == stays
        connection.close()


def test_a_process_ends_in_silence(cluster):
    """With connections open, and with a client that was never closed."""
    code = (
        "import sys; from django_fdfs_storage.client import FastDFSClient as Client\n"
        "client = Client([sys.argv[1]]); client.upload(b'x'); Client([sys.argv[1]]).upload(b'x')"
    )
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", code, str(cluster.tracker)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_no_server_is_asked_for_bytes_behind_the_end_that_an_id_tells(cluster):
    """It hangs up; and FastDFS 6.16.1 closes a file of another client too, where the asked one is in a trunk."""
    told = []
    client = cluster.client(
        metrics=lambda _name, _value, attributes: told.append(attributes.get("fastdfs.operation.name"))
    )
    for content, offset in ((b"", 0), (b"abc", 3), (b"abc", 9)):
        assert client.download(client.upload(content), offset=offset) == b""
    assert "download" not in told


def test_metrics_tell_each_exchange_and_what_it_failed_of(cluster):
    told = []
    client = cluster.client(metrics=lambda *fact: told.append(fact))
    assert works(client)
    asked = [(seconds, facts) for name, seconds, facts in told if name == "fastdfs.client.operation.duration"]
    assert [facts["fastdfs.operation.name"] for _, facts in asked] == ["store", "upload", "fetch", "download"]
    assert all(0 < seconds < 5 for seconds, _ in asked)
    counts = [(count, facts["state"]) for name, count, facts in told if name == "fastdfs.client.connection.count"]
    assert counts == [(1, "idle"), (0, "used")] * 4
    assert {facts["server.port"] for _, _, facts in told} == {
        cluster.tracker.address.port,
        cluster.storage.address.port,
    }
    assert set(client.pool.usage().values()) == {(1, 0)}
    cluster.storage.stop()
    with pytest.raises(ServerUnreachable):
        client.upload(b"x")
    assert "ServerUnreachable" in {facts.get("error.type") for _, _, facts in told}
    cluster.storage.restart()
    client.close()


def test_a_hook_that_fails_hurts_no_transfer(cluster, caplog):
    def hook(*_):
        raise ZeroDivisionError

    client = cluster.client(metrics=hook)
    assert works(client)
    assert "ZeroDivisionError" in caplog.text
    cluster.storage.stop()
    with pytest.raises(ServerUnreachable):
        client.upload(b"x")
    cluster.storage.restart()
    client.close()


# -- forks --


def in_child(work) -> int:
    """Fork, work in the child and give its exit status."""
    child = os.fork()
    if child == 0:  # pragma: no cover
        code = 1
        signal.alarm(30)
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:This process")
def test_a_child_leaves_its_parents_connections_alone(cluster):
    client = cluster.client()
    assert works(client)
    assert in_child(lambda: works(client)) == 0
    assert (cluster.tracker.accepted, cluster.storage.accepted) == (2, 2)
    assert works(client)
    assert (cluster.tracker.accepted, cluster.storage.accepted) == (2, 2)


@pytest.mark.filterwarnings("ignore:This process")
def test_a_fork_in_the_middle_of_the_work_of_threads_works(cluster):
    client = cluster.client(timeout=5)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            assert works(client)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert [in_child(lambda: works(client)) for _ in range(5)] == [0] * 5
    stop.set()
    for thread in threads:
        thread.join()
    assert works(client)
    client.close()
