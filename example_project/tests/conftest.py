"""Services of the tests: what the environment names, else a Redis of their own on a free port."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pytest
from demo import services
from demo.accounts import BUYER, MERCHANT, PASSWORD
from running.supervisor import free_port, listens

if TYPE_CHECKING:
    from chaos.standing import Stack
    from django.test import Client
    from playwright.sync_api import Browser

PROJECT = Path(__file__).resolve().parent.parent
BROWSERS = ["chromium", "chromium-browser", "google-chrome"]


def embedded_redis() -> str:
    """Starts the Redis that the demo would start, on an empty folder; it ends with the tests."""
    folder = tempfile.TemporaryDirectory(prefix="dailyfresh-redis-")
    demo = services.plan(var=Path(folder.name), host="127.0.0.1", port=free_port(), environ={})
    program, _warning = services.redis(demo)
    process = subprocess.Popen(program.command, stdout=subprocess.DEVNULL)

    def stop() -> None:
        process.terminate()
        process.wait()
        folder.cleanup()

    atexit.register(stop)
    while not listens(demo.redis_port):
        assert process.poll() is None, "the embedded Redis did not start"
        time.sleep(0.02)
    return f"redis://127.0.0.1:{demo.redis_port}/0"


# Before Django reads its settings: they name the Redis and the folder once and for all.
if not os.environ.get("VAR_DIR"):
    var = tempfile.TemporaryDirectory(prefix="dailyfresh-")
    atexit.register(var.cleanup)
    os.environ["VAR_DIR"] = var.name
if not os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = embedded_redis()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.tests"
django.setup()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stack"]:
    """The store as it is deployed, running; after the tests nothing of it is left."""
    from chaos.standing import Stack
    from deploy.system import program

    if given := os.environ.get(
        "STACK_DIR"
    ):  # one that runs already, begun with --demo --detour, its log beside its folder
        yield Stack(Path(given))
        return
    missing = [name for name in ("nginx", "redis-server", "mariadbd") if program(name) is None]
    missing += [] if shutil.which("uwsgi") or Path(sys.prefix, "bin", "uwsgi").exists() else ["uwsgi"]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    running = Stack(tmp_path_factory.mktemp("stack") / "var")
    try:
        running.start(free_port(), "--demo", "--detour")
        yield running
    finally:
        seconds = running.stop()
    assert seconds < 20
    left = subprocess.run(["pgrep", "-af", str(running.var)], capture_output=True, text=True).stdout
    assert left == "", "Ctrl-C left something"


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the running demo keeps its data."""
    return Path(os.environ.get("DEMO_VAR") or tmp_path_factory.mktemp("demo") / "var")


@pytest.fixture(scope="session")
def shop(demo_folder: Path) -> Iterator[str]:
    """The running demo's address; after the tests it is stopped, and nothing of it is left."""
    if given := os.environ.get("DEMO_URL"):
        yield given
        return
    var = demo_folder.parent
    port = free_port()
    embedded = ("DATABASE_URL", "REDIS_URL", "BROKER_URL", "CACHE_URL", "DJANGO_SETTINGS_MODULE")
    environ = {name: value for name, value in os.environ.items() if name not in embedded}
    log = (var / "demo.log").open("w")
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--bare", "--port", str(port)],
        cwd=PROJECT,
        env={**environ, "VAR_DIR": str(demo_folder)},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for_opening(demo, var / "demo.log")
        yield f"http://127.0.0.1:{port}"
        assert demo.poll() is None, (var / "demo.log").read_text()
    finally:
        demo.send_signal(signal.SIGINT)
        code = demo.wait(60)
        log.close()
    assert code == 0, (var / "demo.log").read_text()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)


@pytest.fixture(scope="session")
def goods(shop: str, demo_folder: Path) -> dict[str, str]:
    """The stranger's goods in the running demo: short name -> address."""
    script = "import sys; sys.path.insert(0, 'tests'); import foreign; foreign.load(); from dailyfresh_goods.models import SKU; "
    script += "print([s.get_absolute_url() for s in SKU.objects.filter(slug__startswith='foreign').order_by('pk')])"
    environ = {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "REDIS_URL")}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v", "0", "-c", script],
        cwd=PROJECT,
        env={**environ, "VAR_DIR": str(demo_folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(("wide", "high", "bare"), re.findall(r"/goods/\d+/", done.stdout), strict=True))


def wait_for_opening(demo: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 180
    while "The store is open" not in log.read_text():
        assert demo.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    driver = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    found = os.environ.get("CHROMIUM", next(filter(None, map(shutil.which, BROWSERS)), None))
    if not found:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail("needs chromium")
        pytest.skip("needs chromium")
    with pytest.MonkeyPatch.context() as patch, driver.sync_playwright() as playwright:
        # Its loop runs in the thread of the tests, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    """Carts, histories and caches of one test are gone before the next."""
    yield
    if {"browser", "stack"} & set(request.keywords):
        return
    from django.core.cache import caches

    for cache in caches.all():
        cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The database of the tests holds the demo's goods and accounts, and the index knows the goods."""
    from dailyfresh_delivery.models import Pattern, Slot
    from demo.load import load_accounts, load_catalogue, load_delivery
    from django.core.management import call_command

    with django_db_blocker.unblock():
        load_accounts()
        load_catalogue(lambda line: None)
        load_delivery()
        for model in (Pattern, Slot):  # or what an order costs would depend on the hour: evenings cost more
            model.objects.update(fee=0)
        call_command("search_rebuild", verbosity=0)


@pytest.fixture
def strawberry(db: None) -> Any:
    """The first pack of the demo."""
    from dailyfresh_goods.models import SKU

    return SKU.objects.get(slug="strawberry")


@pytest.fixture
def buyer(db: None) -> Any:
    """The demo's buyer, who has an address."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=BUYER)


@pytest.fixture
def signed_in(client: "Client", buyer: Any) -> "Client":
    """The buyer's browser."""
    client.force_login(buyer)
    return client


@pytest.fixture
def merchant(db: None) -> Any:
    """The demo's merchant, who may do everything in the admin."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=MERCHANT)


@pytest.fixture
def stranger(db: None) -> Any:
    """Another account."""
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create_user("stranger", "stranger@dailyfresh.example", PASSWORD)
