"""A drain that is killed between any two lines: `python -m freshness.kill <kills>`; exits with 0 when no page was torn or lost.

Each round changes the shop and lets a child process drain, which kills itself at a random line of the code that makes
and writes pages. What a web server would send then must be whole: a page as it was or as it is now, its compressed
twins too. The next drain has to bring all of them up to date, and leave nothing beside them.
"""

import gzip
import os
import random
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import django
from django.conf import settings

django.setup()

from dailyfresh_core.background.waking import asleep  # noqa: E402
from dailyfresh_goods.models import StalePage  # noqa: E402
from dailyfresh_goods.pages.build import writer  # noqa: E402
from dailyfresh_goods.services import drain_pages  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connections  # noqa: E402

from freshness.changes import Merchant, stock_shop  # noqa: E402

WATCHED = ("pages/disk.py", "pages/build.py", "pages/cache.py", "services/drain.py")
settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "TASKS": "inline", "STATIC_PAGES": 2}


def drain(kill_at: int | None) -> int | None:
    """Drain in a child that dies at that line; the lines it ran when it was not killed."""
    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        lines = 0

        def count(frame: FrameType, event: str, _argument: Any) -> Any:
            nonlocal lines
            if not frame.f_code.co_filename.endswith(WATCHED):
                return None
            lines += event == "line"
            if lines == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return count

        sys.settrace(count)
        drain_pages()
        sys.settrace(None)
        os.write(write, str(lines).encode())
        os._exit(0)
    os.close(write)
    _pid, status = os.waitpid(child, 0)
    told = os.read(read, 20)
    os.close(read)
    assert told or os.WTERMSIG(status) == signal.SIGKILL, f"the drain ended with {status}"
    return int(told) if told else None


def served() -> dict[str, bytes]:
    """path -> page, each with a zipped twin that unzips."""
    to = writer()
    assert to is not None
    found = {}
    for path in to.paths():
        found[path] = to.read(path) or b""
        zipped = settings.FOLDER / "pages" / "current" / path.strip("/") / "index.html.gz"
        found[f"{path}.gz"] = gzip.decompress(zipped.read_bytes())
    return found


def beside() -> list[Path]:
    """Files that are no page."""
    return [file for file in (settings.FOLDER / "pages" / "current").resolve().rglob(".*") if file.is_file()]


def change(merchant: Merchant) -> str:
    """A change whose pages nobody makes yet."""
    with asleep():
        return merchant.change()


def main(kills: int) -> int:
    call_command("migrate", verbosity=0)
    stock_shop(8)
    drain_pages()
    chance, merchant = random.Random(1), Merchant(seed=1)
    lines, killed, litter = 2000, 0, 0
    wrong: list[str] = []
    while killed < kills:
        before, name = served(), change(merchant)
        ran = drain(chance.randrange(1, max(2, lines)))
        if ran is not None:  # the work was done before its line came
            lines = ran
            continue
        killed += 1
        torn, litter = served(), litter + len(beside())
        lines = drain(None) or lines
        after = served()
        for path, page in torn.items():
            if page not in (before.get(path), after.get(path)) and path in after:
                wrong.append(f"{path} was neither old nor new when {name} was killed")
        if StalePage.objects.exists() or beside():
            wrong.append(f"left after {name}: {list(StalePage.objects.values_list('key')[:3])} {beside()[:3]}")
    try:
        call_command("check_pages", verbosity=0)
    except CommandError as error:
        wrong.append(str(error))
    print(f"{killed} drains killed between two lines, {litter} unfinished files; what was wrong: {len(wrong)}")
    for line in wrong[:10]:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
