"""The demo's own parts: what it loads, how it starts and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from demo import services
from demo.management.commands.demo import welcome
from running.supervisor import Failed, Output, Program, Supervisor, free_port, listens

PROJECT = Path(__file__).resolve().parent.parent
SERVER = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('up', flush=True); time.sleep(600)"


def server(port: int) -> Program:
    return Program("server", [sys.executable, "-c", SERVER, str(port)], at=port)


def demo(*args: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "manage.py", "demo", *args]
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.demo", **environ}
    return subprocess.run(command, cwd=PROJECT, env=given, capture_output=True, text=True, timeout=60)


@pytest.mark.django_db
def test_the_catalogue_is_loaded_once_and_left_alone_after() -> None:
    from dailyfresh_goods.models import SKU, GoodsType
    from demo.load import load_accounts, load_catalogue, load_delivery

    SKU.objects.filter(slug="strawberry").update(price="1.00")

    assert not load_catalogue(lambda line: None)
    assert not load_accounts()
    assert not load_delivery()
    assert GoodsType.objects.count() == 6
    assert SKU.objects.filter(sort_order=100).count() == 60
    assert SKU.objects.get(slug="strawberry").price == 1


@pytest.mark.django_db
def test_some_goods_lie_in_batches_that_come_to_their_stock() -> None:
    from dailyfresh_goods.models import SKU
    from dailyfresh_orders.fulfilment.batches import out_of_step
    from dailyfresh_orders.fulfilment.models import Batch
    from demo.shelves import load_batches

    before = dict(SKU.objects.values_list("pk", "stock"))
    assert load_batches()
    assert Batch.objects.values("sku_id").distinct().count() > 5
    assert (out_of_step(), dict(SKU.objects.values_list("pk", "stock"))) == ([], before)
    assert not load_batches()


@pytest.mark.django_db
def test_every_product_has_pictures_and_a_price_above_nothing() -> None:
    from dailyfresh_goods.models import SKU

    for sku in SKU.objects.prefetch_related("images"):
        assert sku.image
        assert sku.images.count() == 2
        assert sku.price > 0


def test_leaving_the_supervisor_stops_its_programs(tmp_path: Path) -> None:
    port = free_port()
    with Supervisor(folder=tmp_path, environ={}, output=Output()) as supervisor:
        process = supervisor.start(server(port))
        supervisor.wait_ready(timeout=10)

    assert process.poll() is not None
    assert not listens(port)


def test_a_slow_start_is_waited_for_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("running.supervisor.TELL_EVERY", 0.1)
    port, said, output = free_port(), [], Output()
    output.say = lambda name, line: said.append(name)  # type: ignore[method-assign]
    slow = replace(server(port), name="slow")
    command = [
        sys.executable,
        "-c",
        f"import os, time; time.sleep(0.5); os.execvp({slow.command[0]!r}, {slow.command!r})",
    ]
    with Supervisor(folder=tmp_path, environ={}, output=output) as supervisor:
        supervisor.start(replace(slow, command=command))
        supervisor.wait_ready()
        assert listens(port)
    assert "slow" in said


def test_what_backs_the_others_is_there_until_they_have_ended(tmp_path: Path) -> None:
    port, last_words = free_port(), tmp_path / "last_words"
    busy = (
        "import signal, socket, sys, time\n"
        "def finish(*_):\n"
        "    time.sleep(0.5)\n"
        f"    socket.create_connection(('127.0.0.1', {port})).close()\n"
        f"    open({str(last_words)!r}, 'w').write('written')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, finish)\n"
        "print('up', flush=True)\n"
        "time.sleep(600)\n"
    )
    said: list[str] = []
    output = Output()
    output.say = lambda name, line: said.append(line)  # type: ignore[method-assign]
    with Supervisor(folder=tmp_path, environ={}, output=output) as supervisor:
        supervisor.start(replace(server(port), backing=True))
        supervisor.wait_ready(timeout=10)
        supervisor.start(Program("worker", [sys.executable, "-c", busy]))
        wait_until(lambda: said.count("up") == 2)

    assert last_words.read_text() == "written"
    assert not listens(port)


def test_programs_that_will_not_end_are_killed_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("running.supervisor.PATIENCE", 0.3)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    said: list[str] = []
    output = Output()
    output.say = lambda name, line: said.append(line)  # type: ignore[method-assign]
    with Supervisor(folder=tmp_path, environ={}, output=output) as supervisor:
        processes = [supervisor.start(Program(name, [sys.executable, "-c", deaf])) for name in ("one", "two", "three")]
        wait_until(lambda: said.count("up") == 3)

    assert [process.returncode for process in processes] == [-signal.SIGKILL] * 3
    assert said.count("is busy; killed") == 3


def test_a_program_that_ends_by_itself_is_named(tmp_path: Path) -> None:
    with Supervisor(folder=tmp_path, environ={}, output=Output()) as supervisor:
        supervisor.start(Program("short", [sys.executable, "-c", "raise SystemExit(3)"]))

        with pytest.raises(Failed, match="short ended by itself with status 3"):
            supervisor.watch()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
def test_a_killed_supervisor_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from running.supervisor import *\n"
        "with Supervisor(folder=Path('.'), environ={}, output=Output()) as supervisor:\n"
        f"    supervisor.start(Program('server', [sys.executable, '-c', {SERVER!r}, '{port}'], at={port}))\n"
        "    supervisor.watch()\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", script, str(PROJECT)], stdout=subprocess.DEVNULL)
    wait_until(lambda: listens(port))

    os.kill(supervisor.pid, signal.SIGKILL)
    supervisor.wait()

    wait_until(lambda: not listens(port))


def wait_until(true: "object", seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = demo("--port", str(port), VAR_DIR=str(tmp_path))

    assert outcome.returncode == 1
    assert (
        outcome.stderr.strip()
        == f"CommandError: Port {port} is in use; choose another one: PORT={port + 1} make demo, or manage.py demo --port {port + 1}"
    )


def test_the_port_of_make_demo_is_chosen_by_a_variable(tmp_path: Path) -> None:
    """The words of the README: `make` hands no option on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = demo(VAR_DIR=str(tmp_path), PORT=str(port))

    assert f"Port {port} is in use" in outcome.stderr


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    outcome = demo(VAR_DIR=str(in_the_way / "var"))

    assert outcome.returncode == 1
    assert outcome.stderr.startswith(f"CommandError: Cannot write to {in_the_way / 'var'} (Not a directory)")
    assert outcome.stderr.count("\n") == 1


def test_a_worker_that_works_is_quiet_and_one_that_fails_is_not() -> None:
    said = services.worker().hush
    assert said
    for task in ("dailyfresh_goods.tasks.run_imports", "dailyfresh_users.tasks.drain", "store.tasks.heartbeat"):
        assert said.search(f"INFO Task {task}[90ec8b21] received")
        assert said.search(f"INFO Task {task}[90ec8b21] succeeded in 0.0255s: None")
        assert not said.search(f"ERROR Task {task}[90ec8b21] raised unexpected: ConnectionError()")
    assert not said.search("WARNING mail 7 was not sent, again in 0:00:30")


def test_an_embedded_server_that_comes_and_goes_is_quiet_whichever_it_is() -> None:
    said = services.ROUTINE_OF_REDIS
    for name in ("Redis", "Valkey"):
        assert said.search(f"29128:M 01 Dec 2026 02:25:55.401 # {name} is now ready to exit, bye bye...")
    assert not said.search("29128:M 01 Dec 2026 02:25:55.401 # Can't save in background: fork: Cannot allocate memory")


def test_the_demo_says_what_there_is_to_read(tmp_path: Path) -> None:
    demo = services.plan(var=tmp_path, host="127.0.0.1", port=8000, environ={})
    [page] = [word for line in welcome(demo, seconds=1) for word in line.split() if word.endswith(".md")]
    assert Path(page).is_file()
