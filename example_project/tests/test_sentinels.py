"""Redis behind Sentinels, as real servers: the master is killed while a buyer fills a cart, and nothing that was said is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deploy.system import program
from running.supervisor import Output, Program, Supervisor, free_port

PROJECT = Path(__file__).resolve().parents[1]
SITE = """
import os, signal, sys, time
from decimal import Decimal
from celery_tasks.tasks import app
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.test.utils import setup_test_environment
from dailyfresh_goods.models import SKU, SPU, GoodsType
from store.health import HEARTBEAT, heartbeat
from store.tasks import heartbeat as beat
setup_test_environment()
fruit = GoodsType.objects.create(name="Fruit", slug="fruit")
spu = SPU.objects.create(name="Pear")
SKU.objects.create(pk=1, spu=spu, name="Pear", slug="pear", type=fruit, unit="500g", price=Decimal("9.90"), stock=10**4, limit=10**4)
client = Client(headers={"host": "shop.test", "accept": "application/json"})
client.force_login(get_user_model().objects.create_user("buyer"))

def put(quantity):
    return client.post("/cart/set/", {"sku_id": 1, "quantity": quantity}, secure=True).status_code

def sign(since):
    '''Seconds until the worker took a call that was sent after `since`.'''
    while not (last := cache.get(HEARTBEAT + "worker")) or last < since:
        try:
            beat.apply_async(("worker",), expires=5)
        except Exception as error:
            print("the call was not sent:", type(error).__name__, error)
        time.sleep(0.2)
        assert time.time() < since + 120, "the worker takes no call"
    return time.time() - since

assert put(1) == 200
print(f"the worker takes a call after {sign(time.time()):.1f} s")
said, answers, struck, back = 1, [], time.time(), None
os.kill(int(sys.argv[1]), signal.SIGKILL)
for quantity in range(2, 4000):
    status = put(quantity)
    answers.append(status)
    if status == 200:
        said = quantity
        back = back or time.time()
        if time.time() > back + 1:
            break
    assert time.time() < struck + 60, "the cart never came back"
    time.sleep(0.02)
assert set(answers) <= {200, 503}, set(answers)
page = client.get("/cart/", secure=True).content.decode()
assert f'name="quantity-1" value="{said}"' in page, said
assert client.get("/user/", secure=True).status_code == 200, "signed out"
print(f"the cart takes changes again after {back - struck:.1f} s, {answers.count(503)} were refused, none was lost")
print(f"the worker takes calls again after {sign(time.time()) + time.time() - struck:.1f} s or sooner")
"""


@contextmanager
def behind_sentinels(folder: Path) -> Iterator[tuple[Supervisor, int]]:
    """A master with two replicas and three Sentinels, a store on them with a worker; and the master's process."""
    server = program("redis-server") or pytest.skip("needs redis-server")
    masters, sentinels = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
    environ = {
        "REDIS_SENTINELS": ",".join(f"127.0.0.1:{port}" for port in sentinels),
        "REDIS_URL": "redis://shop/0", "CACHE_URL": "redis://shop/1", "BROKER_URL": "redis://shop/2",
        "DATABASE_URL": f"sqlite:///{folder / 'store.sqlite3'}", "SITE_URL": "https://shop.test", "ALLOWED_HOSTS": "*",
        "SECRET_KEY": "s" * 60, "DJANGO_SETTINGS_MODULE": "config.settings.production", "VAR_DIR": str(folder),
    }  # fmt: skip
    with Supervisor(folder=PROJECT, environ=environ, output=Output()) as supervisor:
        processes = []
        for number, port in enumerate(masters):
            home = folder / f"redis-{number}"
            home.mkdir()
            # A change that no replica has is refused: what was acknowledged is there after the master's death.
            words = [
                "--min-replicas-to-write",
                "1",
                "--min-replicas-max-lag",
                "3",
                "--appendonly",
                "yes",
                "--dir",
                str(home),
            ]
            of = ["--replicaof", "127.0.0.1", str(masters[0])] if number else []
            command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", *words, *of]
            processes.append(supervisor.start(Program(f"redis-{number}", command, at=port, backing=True)))
        supervisor.wait_ready()
        for number, port in enumerate(sentinels):
            file = folder / f"sentinel-{number}.conf"
            file.write_text(
                f"port {port}\nbind 127.0.0.1\nsentinel monitor shop 127.0.0.1 {masters[0]} 2\n"
                "sentinel down-after-milliseconds shop 2000\nsentinel failover-timeout shop 10000\n"
            )
            command = [server, str(file), "--sentinel"]
            supervisor.start(Program(f"sentinel-{number}", command, at=port, backing=True))
        supervisor.wait_ready()
        for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            supervisor.run(Program(words[0], [sys.executable, "manage.py", *words]))
        worker = [sys.executable, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks", "worker", "-P", "solo"]
        supervisor.start(Program("worker", worker))
        yield supervisor, processes[0].pid


@pytest.mark.prove
def test_a_killed_master_takes_no_cart_and_no_session_with_it(tmp_path: Path) -> None:
    with behind_sentinels(tmp_path) as (supervisor, master):
        script = tmp_path / "site.py"
        script.write_text("import django; django.setup()\n" + SITE)
        environ = {**os.environ, **supervisor.environ, "PYTHONPATH": str(PROJECT)}
        command = [sys.executable, "-W", "ignore", str(script), str(master)]
        done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
        print(done.stdout)
        assert done.returncode == 0, done.stderr[-3000:]


def test_with_sentinels_the_host_of_each_url_is_the_name_of_a_master() -> None:
    script = (
        "from config.settings import base; c = base.CACHES['cart']; print(c['LOCATION'], c['OPTIONS']['SENTINELS'][1]);"
        "print(base.CELERY_BROKER_URL, base.CELERY_BROKER_TRANSPORT_OPTIONS['master_name'])"
    )
    environ = os.environ | {
        "REDIS_SENTINELS": "10.0.0.1:26380,10.0.0.2",
        "REDIS_URL": "redis://:secret@carts/0",
        "BROKER_URL": "",
    }
    said = subprocess.check_output([sys.executable, "-c", script], cwd=PROJECT, env=environ, text=True)
    assert said.splitlines() == [
        "redis://:secret@carts/0 ('10.0.0.2', 26379)",
        "sentinel://:secret@10.0.0.1:26380/2;sentinel://:secret@10.0.0.2:26379/2 carts",
    ]
