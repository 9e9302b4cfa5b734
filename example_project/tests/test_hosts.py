"""Several web hosts with an index and pages of their own, as real processes on one database, one Redis and one beat."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from celery_tasks.tasks import OF_EACH_HOST, app
from dailyfresh_core.testing import own_database, service
from dailyfresh_goods.search.engines.base import IndexUnavailable
from dailyfresh_goods.search.engines.whoosh import Engine
from demo import services
from running.supervisor import Output, Program, Supervisor, end, free_port

PROJECT = Path(__file__).resolve().parents[1]
PATIENCE = 180.0
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks"]
STOCK = """
from decimal import Decimal
from dailyfresh_goods.models import SKU, SPU, GoodsType
fruit = GoodsType.objects.create(name="水果", slug="fruit")
for name in ("库尔勒香梨", "阳光玫瑰", "车厘子"):
    spu = SPU.objects.create(name=name)
    SKU.objects.create(spu=spu, name=name, slug=f"sku-{spu.pk}", type=fruit, unit="500g", price=Decimal("9.90"), stock=100)
print("pks", *SKU.objects.order_by("pk").values_list("pk", flat=True))
"""
PARTS = """
import json
from store.health import hosts
print(json.dumps({part.name: part.waiting for part in hosts()}))
"""
LONG_AWAY = """
from datetime import timedelta
from django.utils import timezone
from dailyfresh_goods.models import Follower
Follower.objects.filter(host="west").update(seen_at=timezone.now() - timedelta(days=2))
"""


class Fleet:
    """Hosts by name, each with a folder and a worker; changes are made by a process on none of them."""

    def __init__(self, folder: Path, supervisor: Supervisor) -> None:
        self.folder, self.supervisor = folder, supervisor

    def environ(self, host: str) -> dict[str, str]:
        (self.folder / host).mkdir(exist_ok=True)
        return {"HOST_NAME": host, "VAR_DIR": str(self.folder / host)}

    def start(self, *hosts: str) -> None:
        for host in hosts:
            worker = [*CELERY, "worker", "-n", f"worker@{host}", "-Q", "celery,hosts", "-c", "1", "--without-mingle"]
            self.supervisor.start(Program(host, worker, environ=self.environ(host)))

    def kill(self, host: str) -> None:
        """Its worker, as if the cable were pulled."""
        row = next(row for row in self.supervisor.running if row[0].name == host)
        end(row[1], deadline=0, tell=lambda: None)
        self.supervisor.running.remove(row)

    def shell(self, code: str) -> str:
        environ = {**os.environ, **self.supervisor.environ, **self.environ("office")}
        command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
        return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=True).stdout

    def indexed(self, host: str) -> dict[str, str]:
        """SKU -> digest of its document, as a search on that host would meet it."""
        engine = Engine.backend("default", PATH=self.folder / host / "whoosh")
        try:
            return dict(engine.digests())
        except IndexUnavailable:
            return {}

    def page(self, host: str, pk: str) -> str:
        file = self.folder / host / "pages" / "current" / "goods" / pk / "index.html"
        return file.read_text() if file.exists() else ""

    def rename(self, pk: str, name: str) -> None:
        self.shell(
            f"from dailyfresh_goods.models import SKU; s = SKU.objects.get(pk={pk}); s.name = '{name}'; s.save()"
        )


def until(true: Callable[[], object]) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() < began + PATIENCE, "it never came"
        time.sleep(0.2)
    return time.monotonic() - began


@contextmanager
def fleet_on(database: str, folder: Path) -> Iterator[Fleet]:
    demo = services.plan(var=folder, host="127.0.0.1", port=free_port(), environ={})
    redis = f"redis://127.0.0.1:{demo.redis_port}"
    environ = {
        "DATABASE_URL": database, "REDIS_URL": f"{redis}/0", "CACHE_URL": f"{redis}/1", "BROKER_URL": f"{redis}/2",
        "SITE_URL": "https://shop.test", "ALLOWED_HOSTS": "*", "SECRET_KEY": "s" * 60, "DRAIN_SECONDS": "2",
        "DJANGO_SETTINGS_MODULE": "config.settings.production", "TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip
    with Supervisor(folder=PROJECT, environ=environ, output=Output()) as supervisor:
        supervisor.start(services.redis(demo)[0])
        supervisor.wait_ready()
        fleet = Fleet(folder, supervisor)
        for words in (["migrate", "--verbosity", "0"], ["collectstatic", "--noinput", "--verbosity", "0"]):
            supervisor.run(Program(words[0], [sys.executable, "manage.py", *words], environ=fleet.environ("office")))
        for host in ("east", "west"):  # the names of static files are the same everywhere
            fleet.environ(host)
            (folder / host / "static").symlink_to(folder / "office" / "static")
        yield fleet


@pytest.mark.prove
@pytest.mark.parametrize("variable", ["DATABASE_URL", "POSTGRES_URL"])
def test_every_host_follows_whoever_drains_first_and_one_that_was_away_catches_up(
    variable: str, tmp_path: Path
) -> None:
    server = service(variable)
    with own_database(server, f"hosts_{os.getpid()}") as database, fleet_on(database, tmp_path) as fleet:
        pear, grape, cherry = fleet.shell(STOCK).split("pks")[1].split()
        fleet.start("east", "west")
        beat = [*CELERY, "beat", "-l", "warning", "--pidfile", "", "--schedule", str(tmp_path / "beat")]
        fleet.supervisor.start(Program("beat", beat, environ=fleet.environ("office")))
        fleet.supervisor.wait_ready()
        for host in ("east", "west"):
            came = until(lambda host=host: "库尔勒香梨" in fleet.page(host, pear) and len(fleet.indexed(host)) == 3)
            print(f"{host} has everything after {came:.1f} s")

        before = fleet.indexed("east")
        fleet.rename(pear, "砀山酥梨")
        for host in ("east", "west"):
            came = until(
                lambda host=host: "砀山酥梨" in fleet.page(host, pear) and fleet.indexed(host)[pear] != before[pear]
            )
            print(f"{host} has a change after {came:.1f} s")
        assert fleet.indexed("east") == fleet.indexed("west")

        fleet.kill("west")
        fleet.rename(grape, "巨峰葡萄")
        until(lambda: "巨峰葡萄" in fleet.page("east", grape) and fleet.indexed("east")[grape] != before[grape])
        assert "巨峰葡萄" not in fleet.page("west", grape)
        assert fleet.indexed("west")[grape] == before[grape]
        waiting = json.loads(fleet.shell(PARTS))
        assert waiting["pages@west"] > 0 < waiting["index@west"]
        assert waiting["pages@east"] == 0 == waiting["index@east"]
        fleet.start("west")
        came = until(lambda: "巨峰葡萄" in fleet.page("west", grape) and fleet.indexed("west") == fleet.indexed("east"))
        print(f"west has caught up after {came:.1f} s")

        fleet.kill("west")
        fleet.shell(LONG_AWAY)
        fleet.shell(f"from dailyfresh_goods.models import SKU; SKU.objects.get(pk={cherry}).delete()")
        until(lambda: cherry not in fleet.indexed("east") and not fleet.page("east", cherry))
        assert set(json.loads(fleet.shell(PARTS))) == {"pages@east", "index@east"}  # west is forgotten
        assert cherry in fleet.indexed("west")
        assert fleet.page("west", cherry)
        fleet.start("west")
        came = until(
            lambda: not fleet.page("west", cherry) and fleet.page("west", pear) and cherry not in fleet.indexed("west")
        )
        print(f"west has begun anew after {came:.1f} s")


def test_each_host_is_called_to_its_own_pages_and_index() -> None:
    script = (
        "import django; django.setup(); from celery_tasks.tasks import app, OF_EACH_HOST;"
        "print(*(type(app.amqp.router.route({}, name)['queue']).__name__ for name in OF_EACH_HOST))"
    )
    environ = os.environ | {"HOST_NAME": "east"}
    said = subprocess.check_output([sys.executable, "-c", script], cwd=PROJECT, env=environ, text=True)
    assert said.split() == ["Broadcast"] * len(OF_EACH_HOST)
    here = [type(app.amqp.router.route({}, name)["queue"]).__name__ for name in OF_EACH_HOST]
    assert here == ["Queue"] * len(OF_EACH_HOST)  # this process has no HOST_NAME
