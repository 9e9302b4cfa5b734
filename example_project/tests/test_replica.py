"""A replica of the database, as real servers: pages that show orders read it, and nobody ever sees what is outdated."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order
from demo import services
from deploy import databases
from deploy.system import program
from django.contrib.auth import get_user_model
from django.urls import reverse
from running.supervisor import Output, Program, Supervisor, end, free_port
from store import replica

PROJECT = Path(__file__).resolve().parents[1]
SITE = """
import time
from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal
from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment
from django.utils import timezone
from dailyfresh_goods.models import SKU, SPU, GoodsType
from dailyfresh_orders.models import Order
setup_test_environment()
SERVERS = ["default", "replica"]
buyer, _ = get_user_model().objects.get_or_create(username="buyer")
client = Client(headers={"host": "shop.test"})
client.force_login(buyer)

def ordered(number):
    Order.objects.create(number=number, token=number, user=buyer, state="to_ship", payment_method="cod", goods_total=9, freight=0,
        total=9, placed_at=timezone.now())

def seen(path):
    '''The page, and how many statements each server was asked for orders.'''
    with ExitStack() as stack:
        asked = {name: stack.enter_context(CaptureQueriesContext(connections[name])) for name in SERVERS}
        page = client.get(path, secure=True)
    assert page.status_code == 200, page.status_code
    count = {name: sum("dailyfresh_orders_order" in each["sql"] for each in found) for name, found in asked.items()}
    return page.content.decode(), count
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open to the user that PostgreSQL runs as. pytest's own folders are not: each run that begins closes them again."""
    with tempfile.TemporaryDirectory(prefix="replica-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def primary_and_replica(kind: str, folder: Path) -> Iterator[tuple[Supervisor, dict[str, str], Callable[[str], None]]]:
    """Two servers; gives the environment of a store on them, and what tells the replica something."""
    found = {name: program(name) or "" for name in ("mariadbd", "postgres")}
    if not found[{"mariadb": "mariadbd", "postgresql": "postgres"}[kind]]:
        pytest.skip(f"needs {kind}")
    ports = free_port(), free_port()
    homes = folder / "primary", folder / "replica"
    for each in homes:
        each.mkdir()
        each.chmod(0o755)
    demo = services.plan(var=folder, host="127.0.0.1", port=free_port(), environ={})
    redis = f"redis://127.0.0.1:{demo.redis_port}"
    environ = {
        "DATABASE_URL": databases.url_of(kind, ports[0]), "DATABASE_REPLICA_URL": databases.url_of(kind, ports[1]),
        "REDIS_URL": f"{redis}/0", "CACHE_URL": f"{redis}/1", "BROKER_URL": f"{redis}/2", "SITE_URL": "https://shop.test",
        "ALLOWED_HOSTS": "*", "SECRET_KEY": "s" * 60, "DJANGO_SETTINGS_MODULE": "config.settings.production", "VAR_DIR": str(folder),
        "DATABASE_SECONDS": "10",
    }  # fmt: skip
    with Supervisor(folder=PROJECT, environ=environ, output=Output()) as supervisor:
        supervisor.start(services.redis(demo)[0])
        tell = (mariadb if kind == "mariadb" else postgresql)(supervisor, homes, ports, found)
        for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            supervisor.run(Program(words[0], [sys.executable, "manage.py", *words]))
        yield supervisor, environ, tell


def mariadb(
    supervisor: Supervisor, homes: tuple[Path, Path], ports: tuple[int, int], found: dict[str, str]
) -> Callable[[str], None]:
    for number, (home, port) in enumerate(zip(homes, ports, strict=True), 1):
        server = databases.mariadb(home, port, found)
        more = [
            f"--server-id={number}",
            *["--log-bin", "--log-slave-updates", "--gtid-strict-mode=ON", "--binlog-format=ROW"],
        ]
        supervisor.start(replace(server, name=home.name, command=[*server.command, *more]))
    supervisor.wait_ready()
    databases.prepare_mariadb(homes[0])

    def client(home: Path, words: str) -> None:
        command = ["mariadb", "--no-defaults", f"--socket={home / 'mariadb.sock'}", "-u", "root", "-e", words]
        subprocess.run(command, check=True, capture_output=True)

    # The replica replays all that the primary was ever told: both began empty.
    client(
        homes[0],
        "CREATE USER replica@'127.0.0.1' IDENTIFIED BY 'r'; GRANT REPLICATION SLAVE ON *.* TO replica@'127.0.0.1'",
    )
    where = f"master_host='127.0.0.1', master_port={ports[0]}, master_user='replica', master_password='r'"
    client(homes[1], f"CHANGE MASTER TO {where}, master_use_gtid=slave_pos; SET GLOBAL read_only=ON; START SLAVE")
    words = {"stop": "STOP SLAVE SQL_THREAD", "go on": "START SLAVE SQL_THREAD"}
    return lambda word: client(homes[1], words[word])


def postgresql(
    supervisor: Supervisor, homes: tuple[Path, Path], ports: tuple[int, int], found: dict[str, str]
) -> Callable[[str], None]:
    supervisor.start(replace(databases.postgresql(homes[0], ports[0], found), name="primary"))
    supervisor.wait_ready()
    databases.prepare_postgresql(ports[0])
    data = homes[1] / "postgresql"
    data.mkdir()
    copy = program("pg_basebackup") or pytest.skip("needs pg_basebackup")
    words = [
        f"--pgdata={data}", "--host=127.0.0.1", f"--port={ports[0]}", "--username=postgres", "--write-recovery-conf", "--checkpoint=fast",
    ]  # fmt: skip
    subprocess.run([*databases.as_postgres(data), copy, *words], check=True, capture_output=True)
    supervisor.start(replace(databases.postgresql(homes[1], ports[1], found), name="replica"))
    supervisor.wait_ready()

    def tell(word: str) -> None:
        statement = {"stop": "SELECT pg_wal_replay_pause()", "go on": "SELECT pg_wal_replay_resume()"}[word]
        client = ["psql", "-h", "127.0.0.1", "-p", str(ports[1]), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-Atc"]
        subprocess.run([*client, statement], check=True, capture_output=True)

    return tell


def run(environ: dict[str, str], code: str) -> None:
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", SITE + code]
    done = subprocess.run(command, cwd=PROJECT, env={**os.environ, **environ}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)


@pytest.mark.prove
@pytest.mark.parametrize("kind", ["mariadb", "postgresql"])
def test_who_reads_the_replica_never_sees_what_is_outdated(kind: str, folder: Path) -> None:
    with primary_and_replica(kind, folder) as (supervisor, environ, tell):
        run(
            environ,
            """
spu = SPU.objects.create(name="Pear")
fruit = GoodsType.objects.create(name="Fruit", slug="fruit")
SKU.objects.create(pk=1, spu=spu, name="Pear", slug="pear", type=fruit, unit="500g", price=Decimal("9.90"), stock=100)
from_replica, took = 0, []
for number in range(50):
    ordered(f"N{number:04}")
    began = time.perf_counter()
    page, asked = seen("/orders/")
    took.append(time.perf_counter() - began)
    assert f"N{number:04}" in page, "an order that was just placed is not there"
    from_replica += asked["replica"] > 0 == asked["default"]
assert from_replica > 40, from_replica
print(from_replica, "of 50 pages from the replica, each with the order placed just before; median ms", sorted(took)[25] * 1000)
page, asked = seen("/goods/1/")
assert asked["replica"] == 0
""",
        )
        tell("stop")
        run(
            environ,
            """
ordered("LATE")
began = time.perf_counter()
page, asked = seen("/orders/")
assert "LATE" in page and asked["replica"] == 0 < asked["default"], asked
print("a replica that stands still costs a page", round(time.perf_counter() - began, 2), "s")
sku = SKU.objects.get(pk=1)
sku.price = Decimal("4.44")
sku.save()
assert "4.44" in client.get("/goods/1/", secure=True).content.decode()
""",
        )
        tell("go on")
        time.sleep(1)
        run(
            environ,
            """
assert "4.44" in client.get("/goods/1/", secure=True).content.decode()
page, asked = seen("/orders/")
assert "LATE" in page and asked["replica"] > 0 == asked["default"], asked
""",
        )
        row = next(row for row in supervisor.running if row[0].name == "replica")
        end(row[1], deadline=0, tell=lambda: None)
        supervisor.running.remove(row)
        run(
            environ,
            """
SERVERS.remove("replica")  # the killed one
page, asked = seen("/orders/")
assert "LATE" in page and asked["default"] > 0, asked
""",
        )


def test_every_page_that_may_read_the_replica_is_there() -> None:
    assert all(reverse(name) for name in replica.VIEWS)


@pytest.mark.django_db
def test_only_orders_that_are_shown_are_read_from_the_replica() -> None:
    router = replica.Router()
    assert router.db_for_read(Order) == "default"
    token = replica._reads.set(True)
    try:
        assert router.db_for_read(Order) == "default"  # a test's own transaction is open, as a service's would be
        assert router.db_for_write(Order) == "default"
    finally:
        replica._reads.reset(token)


def test_goods_and_accounts_are_asked_of_the_primary_while_orders_are_shown() -> None:
    token = replica._reads.set(True)
    try:
        read = replica.Router().db_for_read
        assert [read(model) for model in (Order, SKU, get_user_model())] == ["replica", "default", "default"]
    finally:
        replica._reads.reset(token)
