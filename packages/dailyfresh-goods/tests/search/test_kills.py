"""Writers that are killed while goods change and shoppers search: real processes, on MariaDB for the long proof."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from dailyfresh_core.testing import own_database, service

HERE = Path(__file__).parent
both = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


@pytest.mark.skipif(bool(os.environ.get("MINISITE_DATABASE_URL")), reason="this run is on a server")
@both
def test_writers_killed_at_any_moment_leave_the_index_as_the_database_is(engine, tmp_path):
    kill_writers(engine, tmp_path, f"sqlite:///{tmp_path}/db.sqlite3", times=2)


@pytest.mark.prove
@both
def test_forty_killed_writers_leave_the_index_as_the_database_is(engine, tmp_path):
    with own_database(service("DATABASE_URL"), f"goods_kills_{os.getpid()}_{engine}") as url:
        kill_writers(engine, tmp_path, url, times=40)


def kill_writers(engine: str, folder: Path, database: str, *, times: int) -> None:
    """Kills drains and, every fourth time, a rebuild at a random moment; another process changes goods and a third searches."""
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "searchsite.settings",
        "PYTHONPATH": f"{HERE}:{HERE.parent}",
        "SEARCH_DATABASE": database,
        "SEARCH_INDEX": str(folder),
        "SEARCH_ENGINE": engine,
    }

    def start(role: str, *arguments: str) -> subprocess.Popen[str]:
        # Output goes to a file: nobody reads a pipe while the process works, and warnings would fill it.
        with (folder / f"{role}.log").open("a") as log:
            code = f"import django; django.setup(); from roles import main; main{(role, *arguments)!r}"
            command = [sys.executable, "-c", code]
            return subprocess.Popen(command, env=environ, cwd=HERE, stdout=subprocess.PIPE, stderr=log, text=True)

    def done(process: subprocess.Popen[str], role: str) -> str:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out + (folder / f"{role}.log").read_text()[-3000:]
        return out

    done(start("setup"), "setup")
    stop = folder / "stop"
    changer, searcher = start("change", str(stop)), start("search", str(stop))
    draw = random.Random(6)
    try:
        for number in range(times):
            role = "rebuild" if number % 4 == 3 else "drain"
            writer = start(role)
            assert writer.stdout.readline() == "ready\n", (folder / f"{role}.log").read_text()[-3000:]
            time.sleep(draw.uniform(0.01, 1.5))
            assert writer.poll() is None, (folder / f"{role}.log").read_text()[-3000:]
            writer.kill()
            writer.communicate()
    finally:
        stop.touch()
    changes, searches = int(done(changer, "change")), int(done(searcher, "search"))
    print(f"{engine}: {times} writers killed, {changes} changes, {searches} searches meanwhile")
    assert changes > times
    assert searches > times
    done(start("compare"), "compare")
