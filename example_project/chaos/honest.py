"""Honest visitors who look at pages all the time, and what they feel of others."""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from urllib.parse import quote

from .browser import Answer, Browser, Tally
from .standing import Stack

HONEST = 4


class Timed(Tally):
    """Keeps how long each answer of one kind of visitor took."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []

    def note(self, path: str, answer: Answer, seconds: float) -> None:
        super().note(path, answer, seconds)
        with self.lock:
            self.seconds.append(seconds)

    def line(self) -> str:
        cuts = quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return f"p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, {dict(self.counts.most_common())}"


def web_memory(stack: Stack) -> dict[int, int]:
    """Process of a web instance -> its resident KiB."""
    masters = {stack.pid(f"uwsgi-{number}") for number in (1, 2)}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        except (OSError, ValueError):
            continue
        if int(words["PPid"]) in masters:
            found[int(folder.name)] = int(words.get("VmRSS", "0 kB").split()[0])
    return found


@contextmanager
def watched(stack: Stack, skus: list[str], title: str) -> Iterator[None]:
    """Honest visitors look around, some search; the times of both, and how much the web processes grew at most."""
    over, pages, searches = Event(), Timed(), Timed()
    before = web_memory(stack)
    most = dict(before)

    def look(number: int) -> None:
        draw = random.Random(number)  # noqa: S311 - the same visitor at every run
        with (
            Browser(stack.site, pages, address=f"127.1.0.{number + 1}") as browser,
            Browser(stack.site, searches, address=f"127.1.0.{number + 1}") as searcher,
        ):
            browser.get("/visitor/")
            searcher.cookies = browser.cookies
            while not over.wait(0.2):
                sku = draw.choice(skus)
                browser.get(
                    draw.choice(["/?a=1", "/list/fruit/?in_stock=on", f"/goods/{sku}/?a=1", "/cart/", "/visitor/"])
                )
                if number % 2 and draw.random() < 0.3:
                    searcher.get("/search/?q=" + quote(draw.choice(["草莓", "牛排", "虾", "yingtao"])))

    def weigh() -> None:
        while not over.wait(0.3):
            for pid, size in web_memory(stack).items():
                most[pid] = max(most.get(pid, 0), size)

    threads = [Thread(target=look, args=[number], daemon=True) for number in range(HONEST)]
    for thread in (*threads, watch := Thread(target=weigh, daemon=True)):
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in (*threads, watch):
            thread.join(60)
        grown = sum(most[pid] - before.get(pid, 0) for pid in most if pid in before) / 1024
        say(f"{title}: pages {pages.line()}; searches {searches.line()}; web processes + {grown:.0f} MB")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
