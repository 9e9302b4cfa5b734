"""Services of the tests: what the environment names, else a Redis of their own on a free port."""

import atexit
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import pytest

from demo import services
from demo.supervisor import free_port, listens

PROJECT = Path(__file__).resolve().parent.parent


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


# Before Django reads its settings: they name the Redis once and for all.
if not os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = embedded_redis()
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.tests"
django.setup()


@pytest.fixture(autouse=True)
def _empty_redis(request: pytest.FixtureRequest) -> Iterator[None]:
    """Carts, histories and caches of one test are gone before the next."""
    yield
    if "browser" in request.keywords:
        return
    from django.core.cache import caches

    for cache in caches.all():
        cache.clear()


@pytest.fixture
def catalogue(db: None) -> None:
    """The demo's goods and accounts."""
    from demo.load import load_accounts, load_catalogue

    load_accounts()
    load_catalogue(lambda line: None)
