"""The store as it is deployed, with everything real: nginx, two uwsgi, MariaDB or PostgreSQL, Redis, Celery."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPException, HTTPSConnection
from pathlib import Path

import pytest
from deploy.system import program
from running.supervisor import free_port

pytestmark = pytest.mark.stack
PROJECT = Path(__file__).resolve().parents[1]
TRUSTING = ssl._create_unverified_context()  # the stack's certificate is its own
MISSING = [name for name in ("nginx", "redis-server", "mariadbd") if program(name) is None]
MISSING += [] if shutil.which("uwsgi") or Path(sys.prefix, "bin", "uwsgi").exists() else ["uwsgi"]


class Stack:
    """A running stack, asked as a browser would."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port, self.process = folder, port, None
        self.environ: dict[str, str] = {}

    def start(self) -> None:
        clean = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
        command = [sys.executable, "-m", "deploy.stack", "--demo", "--port", str(self.port), "--dir", str(self.folder)]
        with (self.folder.parent / "stack.log").open("w") as log:
            self.process = subprocess.Popen(command, cwd=PROJECT, env=clean, stdout=log, stderr=subprocess.STDOUT)
        end = time.monotonic() + 240
        while "The store is open" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.2)
        noted = (self.folder / "stack.env").read_text().splitlines()
        self.environ = {**clean, **dict(line.split("=", 1) for line in noted)}

    def said(self) -> str:
        return (self.folder.parent / "stack.log").read_text()

    def connection(self) -> HTTPSConnection:
        return HTTPSConnection("127.0.0.1", self.port, context=TRUSTING, timeout=30)

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
        connection = self.connection()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
        connection.close()
        return response.status, {key.lower(): value for key, value in response.getheaders()}, body

    def manage(self, *args: str) -> str:
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(command, cwd=PROJECT, env=self.environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def stop(self) -> float:
        """Ctrl-C; gives the seconds that it took."""
        began = time.monotonic()
        assert self.process
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if MISSING:
        pytest.skip(f"needs {', '.join(MISSING)}")
    running = Stack(tmp_path_factory.mktemp("stack") / "var", free_port())
    try:
        running.start()
        yield running
    finally:
        seconds = running.stop()
    assert seconds < 20
    left = subprocess.run(["pgrep", "-af", str(running.folder)], capture_output=True, text=True).stdout
    assert left == "", "Ctrl-C left something"


def shopper(stack: Stack, number: int, over: threading.Event, found: Counter[object]) -> None:
    """Reads the cart and adds to it until it is over, on one connection; counts every answer by its status."""
    connection, cookies = stack.connection(), {}

    def ask(method: str, path: str, body: str = "", **headers: str) -> str:
        cookie = "; ".join(f"{key}={value}" for key, value in cookies.items())
        sent = {
            "Cookie": cookie,
            "Referer": f"https://127.0.0.1:{stack.port}/",
            "Accept": "application/json",
            **headers,
        }
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            found[type(error).__name__] += 1
            connection.close()
            return ""
        for each in response.headers.get_all("Set-Cookie") or []:
            key, _, value = each.partition(";")[0].partition("=")
            cookies[key] = value
        found[response.status] += 1
        return text

    token = json.loads(ask("GET", "/visitor/"))["data"]["csrf"]
    form = {"X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded"}
    while not over.is_set():
        ask("GET", "/cart/")
        ask("POST", "/cart/add/", f"sku_id={number + 1}&quantity=1", **form)
    connection.close()


def test_production_settings_pass_the_checks_of_a_deployment(stack: Stack) -> None:
    assert "no issues" in stack.manage("check", "--deploy", "--fail-level", "WARNING")


def test_pages_and_pictures_are_nginxs_and_the_rest_is_djangos(stack: Stack) -> None:
    status, headers, home = stack.get("/")
    assert status == 200
    assert "last-modified" in headers  # a file's
    assert headers["content-security-policy"].startswith("default-src 'none'")
    picture = re.search(r'"(/media/[^" ]+)', home)
    assert picture
    stack.get(picture[1])
    assert stack.get(picture[1])[1]["x-cache"] == "HIT"
    style = re.search(r'"(/static/[^" ]+\.css)', home)
    assert style
    assert "immutable" in stack.get(style[1], **{"Accept-Encoding": "gzip"})[1]["cache-control"]
    status, headers, _ = stack.get("/cart/")
    assert (status, "last-modified" in headers) == (200, False)


def test_a_changed_price_is_served_from_disk_without_anybody_asking_django(stack: Stack) -> None:
    change = "from dailyfresh_goods.models import SKU; s = SKU.objects.get(pk=1); s.price = '77.70'; s.save()"
    assert "77.70" not in stack.get("/goods/1/")[2]
    stack.manage("shell", "-c", change)
    end = time.monotonic() + 20
    while "77.70" not in stack.get("/goods/1/")[2]:
        assert time.monotonic() < end, "the page was not built anew"
        time.sleep(0.1)
    assert "last-modified" in stack.get("/goods/1/")[1]


def test_a_reload_under_load_fails_no_request(stack: Stack) -> None:
    found: Counter[object] = Counter()
    over = threading.Event()
    shoppers = [threading.Thread(target=shopper, args=(stack, number, over, found)) for number in range(8)]
    for each in shoppers:
        each.start()
    time.sleep(2)
    (stack.folder / "run" / "reload").touch()
    end = time.monotonic() + 90
    while stack.said().count("killed successfully") < 4 and time.monotonic() < end:  # two workers of two instances
        time.sleep(0.5)
    time.sleep(2)
    over.set()
    for each in shoppers:
        each.join()
    assert stack.said().count("killed successfully") >= 4
    assert set(found) <= {200, 409}, found
    assert found[200] > 100
