"""A running stack under random changes; exits with 0 when every page is right.

    python -m freshness.run <changes> <kills of the worker> [<kills of Redis>]

The Redis that is killed is one of its own, without persistence: it comes back a second later, empty.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


REDIS_KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 0
REDIS_PORT = free_port()
if REDIS_KILLS:  # before the settings are read
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{REDIS_PORT}/0"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()

from dailyfresh_goods.models import SKU, StalePage  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from freshness.celery import app  # noqa: E402
from freshness.changes import Merchant, addresses, outdated, stock_shop  # noqa: E402

app.set_default()
CLOCK = ["--beat", "--schedule", str(settings.FOLDER / "beat")]


def worker() -> "subprocess.Popen[bytes]":
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "freshness.celery",
        "worker",
        "-P",
        "prefork",
        "-c",
        "2",
        "-l",
        "warning",
    ]
    log = (settings.FOLDER / "worker.log").open("ab")
    return subprocess.Popen([*command, *CLOCK], stdout=log, stderr=log, start_new_session=True)


def redis() -> "subprocess.Popen[bytes]":
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    assert program, "needs redis-server"
    place = ["--bind", "127.0.0.1", "--port", str(REDIS_PORT), "--dir", str(settings.FOLDER)]
    silent = subprocess.DEVNULL
    process = subprocess.Popen([program, *place, "--save", ""], stdout=silent, stderr=silent, start_new_session=True)
    while True:
        try:
            socket.create_connection(("127.0.0.1", REDIS_PORT), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process


def kill(process: "subprocess.Popen[bytes]") -> None:
    """The worker, its children and beat, at once and without a word."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def look(stop: threading.Event) -> None:
    """Visitors keep the cache warm while everything changes."""
    client = Client()
    while not stop.is_set():
        for _language, path in list(addresses())[::3]:
            client.get(path, headers={"host": "shop.example"})
            if stop.is_set():
                break
    connection.close()


def main(changes: int, kills: int) -> int:
    store = redis() if REDIS_KILLS else None
    call_command("migrate", verbosity=0)
    caches["default"].delete_pattern("*")
    stock_shop(40)
    merchant, stop = Merchant(seed=int(time.time())), threading.Event()
    visitor = threading.Thread(target=look, args=(stop,))
    running = worker()
    visitor.start()
    killed = lost = emptied = 0
    try:
        for number in range(changes):
            if number % 9 == 4:
                lost += 1
                _die_after_commit(merchant)
            else:
                merchant.change()
            time.sleep(merchant.random.random() * 0.15)
            if killed < kills and number >= (killed + 1) * changes // (kills + 1):
                killed += 1
                kill(running)
                running = worker()
            if store and emptied < REDIS_KILLS and number >= (emptied + 1) * changes // (REDIS_KILLS + 1):
                emptied += 1
                kill(store)
                for _ in range(5):  # nobody can move a version meanwhile
                    merchant.change()
                    time.sleep(0.2)
                store = redis()
        stop.set()
        visitor.join()
        until = time.monotonic() + 300
        while StalePage.objects.exists() and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(1)
    finally:
        stop.set()
        os.killpg(running.pid, signal.SIGTERM)
        running.wait()
    time.sleep(6 if REDIS_KILLS else 0)  # until this process, too, asks the cache again
    waiting = list(StalePage.objects.values_list("key", "reason")[:5])
    wrong = outdated()
    try:
        call_command("check_pages")
        on_disk = ""
    except CommandError as error:
        on_disk = str(error)
    print(
        f"{changes} changes of {len(merchant.kinds)} kinds, {SKU.objects.count()} SKUs; the worker was killed {killed} times, "
        f"Redis {emptied} times,"
    )
    print(
        f"{lost} processes died between COMMIT and its callbacks; pages outdated in the cache: {len(wrong)}, on disk: {on_disk or 0}"
    )
    for path in wrong[:10]:
        print("outdated:", path)
    if waiting:
        print("still waiting:", waiting)
    if store:
        kill(store)
    return 1 if wrong or on_disk or waiting else 0


def _die_after_commit(merchant: Merchant) -> None:
    """The change is committed and nothing that waits for the commit runs, as when the process dies there."""
    from django.db import transaction

    with transaction.atomic():
        merchant.change()
        connection.run_on_commit.clear()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
