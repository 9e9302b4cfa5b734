"""A Cluster of three nodes and a Sentinel whose master is killed, all real and on loopback."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from dailyfresh_cart import services
from dailyfresh_cart.exceptions import CartUnavailable
from dailyfresh_cart.stores.base import Change, Kind, Owner, Terms
from dailyfresh_cart.stores.redis import RedisStore
from dailyfresh_cart.testing import CartStoreContract
from dailyfresh_core.testing import service
from redis.cluster import ClusterNode, RedisCluster
from redis.sentinel import Sentinel

pytestmark = [
    pytest.mark.prove,
    # redis-py leaves the sockets to servers that were killed to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
made: dict[str, Any] = {}


def cluster_client() -> Any:
    """What a site's factory returns: `OPTIONS = {"client": "test_clusters.cluster_client"}`."""
    return RedisCluster(startup_nodes=[ClusterNode("127.0.0.1", made["cluster"])], socket_timeout=2)


def sentinel_client() -> Any:
    return Sentinel([("127.0.0.1", made["sentinel"])], socket_timeout=1).master_for("carts", socket_timeout=1)


class Servers:
    """redis-server processes in folders of their own, stopped by their ids."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if not program:
            service("REDIS_SERVER")  # skips, or fails where services are required
        self.program, self.folder, self.running = str(program), folder, {}

    def start(self, *options: str, config: str = "") -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port > 55000:  # the bus of a cluster is 10,000 higher
            return self.start(*options, config=config)
        home = self.folder / str(port)
        home.mkdir()
        command = [self.program]
        if config:
            (home / "server.conf").write_text(config)
            command += ["server.conf"]
        command += ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", *options]
        with (home / "log").open("wb") as log:
            self.running[port] = subprocess.Popen(command, cwd=home, stdout=log, stderr=log)
        wait_for(lambda: redis.Redis(port=port).ping())
        return port

    def kill(self, port: int) -> None:
        process = self.running.pop(port)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


def wait_for(what: Any, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if what():
                return
        except redis.exceptions.RedisError:
            pass
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    servers = Servers(tmp_path_factory.mktemp("redis"))
    yield servers
    servers.stop()


@pytest.fixture(scope="module")
def cluster(servers: Servers) -> RedisStore:
    """Three masters with a third of the slots each."""
    ports = [servers.start("--cluster-enabled", "yes") for _node in range(3)]
    nodes = [redis.Redis(port=port) for port in ports]
    for number, node in enumerate(nodes):
        node.execute_command(
            "CLUSTER", "ADDSLOTSRANGE", 5461 * number, 16383 if number == 2 else 5461 * (number + 1) - 1
        )
        node.execute_command("CLUSTER", "MEET", "127.0.0.1", ports[0])
    for node in nodes:
        wait_for(lambda node=node: node.cluster("INFO")["cluster_state"] == "ok")
        wait_for(lambda node=node: node.cluster("INFO")["cluster_known_nodes"] == "3")
    made["cluster"] = ports[0]
    return RedisStore(client="test_clusters.cluster_client")


class TestCluster(CartStoreContract):
    @pytest.fixture
    def store(self, cluster: RedisStore) -> Any:
        return cluster

    def test_the_owners_are_spread_over_the_nodes(self, cluster: RedisStore) -> None:
        owners = [Owner(f"u:{n}") for n in range(60)]
        for owner in owners:
            cluster.change(owner, [Change(Kind.ADD, "a", 1)], Terms(reference="r", remember=60))
        sizes = [node.redis_connection.dbsize() for node in cluster.client.get_primaries()]
        assert len(sizes) == 3
        assert all(size > 20 for size in sizes)
        assert {held.owner for held in cluster.survey()} >= set(owners)

    def test_a_merge_crosses_nodes(self, cluster: RedisStore, settings: Any, db: None) -> None:
        from minisite.models import Book

        settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {
            "STORE": {
                "BACKEND": "dailyfresh_cart.stores.redis.RedisStore",
                "OPTIONS": {"client": "test_clusters.cluster_client"},
            }
        }
        sku_id = str(Book.objects.create(title="Ulysses", price="1.00", copies=50).pk)
        for n in range(20):
            guest, user = Owner(f"g:crossing{n}"), Owner(f"u:crossing{n}")
            services.add_to_cart(owner=guest, quantities={sku_id: 2})
            services.add_to_cart(owner=user, quantities={sku_id: 1})
            for _twice in range(2):
                services.merge(guest=guest, user=user)
            assert cluster.quantities(user) == {sku_id: 3}
            assert services.settle(owner=user, ordered={sku_id: 1}, reference="o1")

    def test_the_deploy_check_asks_every_node(self, cluster: RedisStore) -> None:
        assert cluster.check_server() == []
        nodes = [node.redis_connection for node in cluster.client.get_primaries()]
        nodes[0].config_set("maxmemory", 100_000_000)
        nodes[0].config_set("maxmemory-policy", "allkeys-lru")
        assert [message.id for message in cluster.check_server()] == ["dailyfresh_cart.W006"]
        nodes[0].config_set("maxmemory-policy", "noeviction")
        nodes[0].config_set("maxmemory", 0)

    def test_a_full_server_refuses_loudly_and_loses_nothing(self, cluster: RedisStore) -> None:
        owner = Owner("u:full")
        cluster.change(owner, [Change(Kind.ADD, "a", 1)])
        nodes = [node.redis_connection for node in cluster.client.get_primaries()]
        for node in nodes:
            node.config_set("maxmemory", 1)
        with pytest.raises(CartUnavailable):
            cluster.change(owner, [Change(Kind.ADD, "a", 1)])
        for node in nodes:
            node.config_set("maxmemory", 0)
        assert cluster.quantities(owner) == {"a": 1}


def test_a_killed_master_is_replaced_and_carts_go_on(servers: Servers) -> None:
    master = servers.start()
    replica = servers.start("--replicaof", "127.0.0.1", str(master))
    watched = f"sentinel monitor carts 127.0.0.1 {master} 1\nsentinel down-after-milliseconds carts 500\nsentinel failover-timeout carts 3000\n"
    made["sentinel"] = servers.start("--sentinel", config=watched)
    store, owner = RedisStore(client="test_clusters.sentinel_client"), Owner("u:1")
    store.change(owner, [Change(Kind.ADD, "a", 3)], Terms(reference="click", remember=600))
    wait_for(lambda: redis.Redis(port=replica).dbsize() == 3)
    wait_for(lambda: redis.Redis(port=made["sentinel"]).sentinel_slaves("carts"))
    servers.kill(master)
    with pytest.raises(CartUnavailable):
        store.change(owner, [Change(Kind.ADD, "a", 1)], Terms(reference="lost", remember=600))

    def back() -> bool:
        try:
            return store.change(owner, [Change(Kind.ADD, "a", 1)], Terms(reference="again", remember=600)).count == 1
        except CartUnavailable:
            return False

    wait_for(back)
    assert not store.change(owner, [Change(Kind.ADD, "a", 3)], Terms(reference="click", remember=600)).applied
    assert store.quantities(owner) == {"a": 4}


def test_a_master_that_was_killed_has_what_it_confirmed(servers: Servers) -> None:
    port = servers.start("--appendonly", "yes", "--appendfsync", "always")
    store = RedisStore(url=f"redis://127.0.0.1:{port}")
    for n in range(20):
        store.change(Owner("u:1"), [Change(Kind.ADD, "a", 1)], Terms(reference=f"click {n}", remember=600))
    process = servers.running.pop(port)
    process.send_signal(signal.SIGKILL)
    process.wait()
    again = subprocess.Popen(
        [servers.program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes"],
        cwd=servers.folder / str(port),
        stdout=subprocess.DEVNULL,
    )
    servers.running[port] = again
    wait_for(lambda: redis.Redis(port=port).ping())
    assert store.quantities(Owner("u:1")) == {"a": 20}
    assert not store.change(Owner("u:1"), [Change(Kind.ADD, "a", 1)], Terms(reference="click 19", remember=600)).applied
