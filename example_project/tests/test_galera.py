"""Three nodes of Galera, as real servers: buyers at all of them at once, one node killed under them, and two gone."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from demo import services
from deploy import databases
from deploy.system import program
from running.supervisor import Output, Program, Supervisor, end, free_port

pytestmark = pytest.mark.prove
PROJECT = Path(__file__).resolve().parents[1]
LIBRARY = Path("/usr/lib/galera/libgalera_smm.so")
NODES = ("127.0.0.11", "127.0.0.12", "127.0.0.13")
BUYERS = 66
"""At each node."""
PIECES = 100

SHELF = """
from decimal import Decimal
from dailyfresh_goods.models import SKU, SPU, GoodsType
from demo.load import load_delivery
fruit, _ = GoodsType.objects.get_or_create(name="Fruit", slug="fruit")
spu, _ = SPU.objects.get_or_create(name="Pear")
given = {"spu": spu, "name": "Pear", "slug": "pear", "type": fruit, "unit": "500g", "price": Decimal("9.90"), "stock": %d, "sales": 0}
SKU.objects.update_or_create(pk=1, defaults=given)
load_delivery()
"""
BUYING = """
import json, random, sys, time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
import django; django.setup()
from chaos.browser import Answer
from chaos.market import ADDRESS
from dailyfresh_users.services import add_address
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
node, name, number, clicks = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

def enter(each):
    user = get_user_model().objects.create_user(f"{name}-{node}-{each}", f"{name}-{node}-{each}@shop.test")
    add_address(user=user, values={**ADDRESS, "district_code": "310104"}, make_default=True)
    client = Client(headers={"host": "shop.test", "accept": "application/json"}, REMOTE_ADDR=f"10.0.{node}.{each}")
    client.force_login(user)
    assert client.post("/cart/add/", {"sku_id": 1, "quantity": 1}, secure=True).status_code == 200
    asked = client.get("/orders/confirm/?sku_id=1", headers={"accept": "text/html"}, secure=True)
    form = Answer(asked.status_code, {}, asked.content.decode()).fields()
    return client, {"token": form["token"], "address": form["address"], "payment_method": "cod"}

def buy(buyer):
    client, order = buyer
    first, began = None, time.monotonic()
    try:
        for _click in range(clicks):
            answer = client.post("/orders/place/", order, secure=True)
            first = first or str(answer.status_code)
            if answer.status_code != 503:
                break
            time.sleep(random.uniform(0.2, 2))  # told that it is busy: clicks again, and the quote's key makes one order of it
    finally:
        connection.close()
    placed = answer.status_code == 200
    return first, str(answer.status_code), time.monotonic() - began, [answer.json()["data"]["number"]] if placed else []

buyers = [enter(each) for each in range(1, number + 1)]
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(number) as pool:
    done = list(pool.map(buy, buyers))
firsts, lasts, seconds, told = zip(*done)
print(json.dumps([Counter(firsts), Counter(lasts), max(seconds), sum(told, [])]))
"""
BOOKS = """
import json
from dailyfresh_goods.models import SKU
from dailyfresh_orders.models import Order, OrderLine
from django.core.management import call_command
call_command("drain_orders", verbosity=0)
assert not Order.objects.filter(basket_due=True).exists(), "a cart still has what was ordered"
sku = SKU.objects.get()
numbers = sorted(Order.objects.values_list("number", flat=True))
print(json.dumps([sku.stock, sku.sales, sum(OrderLine.objects.values_list("quantity", flat=True)), numbers]))
"""
STANDING = """
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
answer = Client(headers={"host": "shop.test"}).get("/goods/1/?look=1", secure=True)
print(answer.status_code, answer.headers.get("Retry-After"))
"""


class Cluster:
    """The nodes, each with a data folder; a store on any of them."""

    def __init__(self, folder: Path, supervisor: Supervisor, environ: dict[str, str]) -> None:
        self.folder, self.supervisor, self.environ = folder, supervisor, environ
        self.port, self.group, self.state, self.transfer = (free_port() for _ in range(4))
        self.running: dict[int, object] = {}

    def home(self, number: int) -> Path:
        return self.folder / f"node-{number}"

    def start(self, number: int, *, first: bool = False) -> None:
        """Begin a node, and wait until it has what the others have."""
        address, home = NODES[number], self.home(number)
        home.mkdir(exist_ok=True)
        server = databases.mariadb(home, self.port, {"mariadbd": program("mariadbd") or ""})
        begun = databases.as_user("mysql", home)
        if begun:
            subprocess.run(["chown", "-R", "mysql:", home], check=True)
        given = [word for word in server.command if not word.startswith(("--bind-address", "--user", "--pid-file"))]
        places = f"gmcast.listen_addr=tcp://{address}:{self.group};ist.recv_addr={address}:{self.state};gcache.size=32M"
        more = [
            f"--bind-address={address}", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--innodb-buffer-pool-size=96M",
            "--wsrep-on=ON", f"--wsrep-provider={LIBRARY}", f"--wsrep-provider-options={places}", "--wsrep-sst-method=rsync",
            f"--wsrep-cluster-address=gcomm://{','.join(f'{each}:{self.group}' for each in NODES)}", f"--wsrep-node-address={address}",
            f"--wsrep-sst-receive-address={address}:{self.transfer}", f"--wsrep-node-name=node-{number}", f"--pid-file={home / 'pid'}",
            *(["--wsrep-new-cluster"] if first else []),
        ]  # fmt: skip
        node = replace(server, name=f"node-{number}", command=[*begun, *given, *more], at=None)
        self.supervisor.start(node)
        until = time.monotonic() + 120
        while self.says(number, "SHOW STATUS LIKE 'wsrep_local_state_comment'") != "Synced":
            assert time.monotonic() < until, f"node {number} does not join"
            time.sleep(0.2)

    def kill(self, *numbers: int) -> None:
        for number in numbers:
            row = next(row for row in self.supervisor.running if row[0].name == f"node-{number}")
            end(row[1], deadline=0, tell=lambda: None)
            self.supervisor.running.remove(row)

    def says(self, number: int, statement: str) -> str:
        """The last word of what a node answers; "" when it does not."""
        client = ["mariadb", "--no-defaults", f"--socket={self.home(number) / 'mariadb.sock'}", "-u", "root", "-Ne"]
        said = subprocess.run([*client, statement], capture_output=True, text=True).stdout.split()
        return said[-1] if said else ""

    def at(self, number: int) -> dict[str, str]:
        """The environment of a store at that node."""
        url = databases.url_of("mariadb", self.port).replace("127.0.0.1", NODES[number])
        return {**os.environ, **self.environ, "DATABASE_URL": url, "PYTHONPATH": str(PROJECT)}

    def run(self, number: int, code: str) -> str:
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-v", "0", "-c", code]
        done = subprocess.run(command, cwd=PROJECT, env=self.at(number), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def race(
        self, name: str, nodes: Sequence[int], *, killed: int | None = None
    ) -> tuple[dict[int, Counter[str]], list[str]]:
        """Buyers at the nodes, all at the same moment: how those of each node were answered in the end, and the orders they were told."""
        begun = {
            number: subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", BUYING, str(number), name, str(BUYERS), "2" if number == killed else "60"],
                cwd=PROJECT, env=self.at(number), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for number in nodes
        }  # fmt: skip
        for each in begun.values():
            assert each.stdout
            assert each.stdout.readline() == "ready\n"
        for each in begun.values():
            assert each.stdin
            each.stdin.write("\n")
            each.stdin.flush()
        if killed is not None:
            time.sleep(0.7)
            self.kill(killed)
        said = {number: json.loads(each.communicate()[0]) for number, each in begun.items()}
        print(f"{name}, first and last answers of each node: {[(first, last) for first, last, _, _ in said.values()]}")
        print(f"until the last of them knew: {max(took for _, _, took, _ in said.values()):.1f} s")
        answers = {number: Counter(last) for number, (_, last, _, _) in said.items()}
        return answers, [number for _, _, _, told in said.values() for number in told]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    if not LIBRARY.exists() or not program("mariadbd") or not program("rsync"):
        pytest.skip("needs galera-4 and rsync")
    with tempfile.TemporaryDirectory(prefix="galera-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        demo = services.plan(var=folder, host="127.0.0.1", port=free_port(), environ={})
        redis = f"redis://127.0.0.1:{demo.redis_port}"
        environ = {
            "REDIS_URL": f"{redis}/0", "CACHE_URL": f"{redis}/1", "BROKER_URL": f"{redis}/2", "SITE_URL": "https://shop.test",
            "ALLOWED_HOSTS": "*", "SECRET_KEY": "s" * 60, "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "VAR_DIR": str(folder), "DATABASE_SECONDS": "10",
        }  # fmt: skip
        with Supervisor(folder=PROJECT, environ=environ, output=Output()) as supervisor:
            supervisor.start(services.redis(demo)[0])
            supervisor.wait_ready()
            made = Cluster(folder, supervisor, environ)
            made.start(0, first=True)
            databases.prepare_mariadb(made.home(0))
            made.says(0, "GRANT ALL ON dailyfresh.* TO 'dailyfresh'@'%' IDENTIFIED BY 'dailyfresh'")
            supervisor.run(
                *(
                    Program(words[0], [sys.executable, "manage.py", *words], environ=made.at(0))
                    for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"])
                )
            )
            made.start(1)
            made.start(2)
            yield made


def books(cluster: Cluster, number: int) -> tuple[int, int, int, list[str]]:
    return tuple(json.loads(cluster.run(number, BOOKS)))


def test_buyers_at_three_nodes_get_what_there_is_and_no_more(cluster: Cluster) -> None:
    cluster.run(0, SHELF % PIECES)
    answers, told = cluster.race("race", [0, 1, 2])
    assert {status for each in answers.values() for status in each} == {"200", "409"}
    time.sleep(1)  # the others apply what was committed last
    assert books(cluster, 0) == books(cluster, 1) == books(cluster, 2)
    stock, sales, sold, numbers = books(cluster, 0)
    assert (stock, sold, sales, sorted(told)) == (0, PIECES, PIECES, numbers)


def test_a_node_that_is_killed_takes_only_its_own_buyers_with_it(cluster: Cluster) -> None:
    cluster.run(0, SHELF % 10_000)
    answers, told = cluster.race("killed", [0, 1, 2], killed=2)
    assert answers[0] == answers[1] == {"200": BUYERS}
    assert set(answers[2]) <= {"200", "503"}
    began = time.monotonic()
    cluster.start(2)
    print(f"the node has come back after {time.monotonic() - began:.1f} s")
    assert books(cluster, 0) == books(cluster, 1) == books(cluster, 2)
    stock, _sales, sold, numbers = books(cluster, 0)
    assert stock + sold == 10_000
    assert {*told} <= {*numbers}

    cluster.kill(1, 2)
    until = time.monotonic() + 60
    while cluster.says(0, "SHOW STATUS LIKE 'wsrep_cluster_status'") == "Primary":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert cluster.run(0, STANDING).split() == ["503", "5"]  # it lets connect, and says 1047
