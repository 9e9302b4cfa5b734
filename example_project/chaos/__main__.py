"""`python -m chaos`: starts the stack, lets buyers buy while its parts are broken one after the other, then proves the books.

Ends with 0 when nothing was lost, nothing came twice, no page was a 500 and every fault was over within the time that is allowed.
"""

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from PIL import Image
from running.supervisor import LEASH, free_port

from .browser import Tally
from .buyer import Buyer
from .faults import Breaker, small_disk
from .standing import PROJECT, PYTHON, Stack
from .watcher import Report, Watcher

SETTLING = 240
"""Seconds in which every drain has to come to an end once nobody buys any more."""


@contextmanager
def stack_of(asked: argparse.Namespace) -> Iterator[tuple[Stack, bool]]:
    """A running stack, and whether its pages have a small disk of their own."""
    if asked.on:
        yield Stack(asked.on), (asked.on / "pages").is_mount()
        return
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        stack = Stack((asked.dir or Path(folder)).resolve() / "var")
        with small_disk(stack.var / "pages") as small:
            try:
                stack.start(free_port(8443), "--demo", "--detour")
                yield stack, small
            finally:
                stack.stop()


def broken(
    breaker: Breaker, watcher: Watcher, *, seconds: float, draw: random.Random, words: list[str]
) -> Iterator[Report]:
    """One fault after the other, each begun once the one before is over, until the time is up.

    With `words` those whose names hold one of them, once each, and no more.
    """
    end = time.monotonic() + seconds
    for fault in breaker.endless(draw, words):
        if time.monotonic() > end:
            return
        report = watcher.see(fault)
        sys.stdout.write(f"{report.line()}\n")
        sys.stdout.flush()
        yield report
        time.sleep(draw.uniform(0.5, 2))


def run(stack: Stack, asked: argparse.Namespace, *, small: bool) -> list[str]:
    """The whole run; gives what was wrong."""
    prepared = stack.python("-m", "chaos.market", "prepare", str(asked.buyers))
    if prepared.returncode:
        sys.exit(prepared.stderr[-2000:])
    shop = json.loads(prepared.stdout)
    picture = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(picture, "JPEG")
    tally, over = Tally(), Event()
    common = {
        "site": stack.site,
        "skus": sorted(shop["stock"])[: asked.skus],
        "picture": picture.getvalue(),
        "over": over,
    }
    buyers = [Buyer(name, number, tally=tally, **common) for number, name in enumerate(shop["names"])]
    gateway = stack.environ["ALIPAY_URL"]
    watcher = Watcher(stack.site, tally, sku_id=common["skus"][0], gateway=gateway)
    merchant = subprocess.Popen(  # noqa: S603
        [PYTHON, str(LEASH), str(os.getpid()), PYTHON, "-m", "chaos.market", "serve"],
        cwd=PROJECT,
        env=stack.environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        for buyer in buyers:
            buyer.start()
        time.sleep(5)
        began, at = time.monotonic(), time.time()
        breaker = Breaker(stack, pages_mounted=small)
        draw = random.Random(asked.seed)  # noqa: S311
        reports = list(broken(breaker, watcher, seconds=asked.seconds, draw=draw, words=asked.only))
        lasted = time.monotonic() - began
        over.set()
        for buyer in buyers:
            buyer.join(60)
        late = watcher.settled(SETTLING)
        late += ["the merchant, whose script failed,"] if merchant.poll() is not None else []
    finally:
        merchant.terminate()
        merchant.wait()
    ledgers = [buyer.ledger.as_dict() for buyer in buyers]
    blows = [[report.at, report.at + report.lasted] for report in reports if report.fault.may_repeat_a_mail]
    (stack.var.parent / "told.json").write_text(
        json.dumps({"stock": shop["stock"], "buyers": ledgers, "began": at, "blows": blows}, ensure_ascii=False)
    )
    proved = stack.python("-m", "chaos.books", str(stack.var.parent / "told.json"))
    wrong = proved.stdout.splitlines() if proved.returncode in (0, 1) else [proved.stderr[-2000:]]
    wrong += [f"{name} never came to an end" for name in late]
    wrong += [f"a page of 500: {path}" for path in tally.pages_of_500]
    wrong += [
        f"{report.fault.name}: well again after {report.recovery:.1f} s"
        for report in reports
        if report.recovery > asked.allowed
    ]
    told = {
        key: sum(len(ledger[key]) for ledger in ledgers)
        for key in ("ordered", "paid", "asked_back", "reviewed", "registered")
    }
    sys.stdout.write(
        f"\n{sum(tally.counts.values())} requests in {lasted:.0f} s by {asked.buyers} buyers, {len(reports)} faults; slowest answer "
        f"{tally.slowest:.1f} s, load {os.getloadavg()[1]:.1f}\nseconds to recover: {recoveries(reports)}\nanswers: {dict(tally.counts.most_common())}\nacknowledged: {told}\n{proved.stderr[-300:]}"
    )
    return wrong


def recoveries(reports: list[Report]) -> str:
    """The longest first."""
    longest = sorted(reports, key=lambda report: -report.recovery)
    return ", ".join(f"{report.fault.name} {report.recovery:.1f}" for report in longest)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="how long parts are broken (600)")
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--skus", type=int, default=12, help="how many SKUs they fight over (12)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same faults in the same order")
    parser.add_argument(
        "--dir", type=Path, help="where the stack keeps everything; a folder that is removed afterwards"
    )
    parser.add_argument(
        "--allowed", type=float, default=10, help="seconds until the shop is well again after a fault (10)"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        default=[],
        metavar="WORD",
        help="faults whose names hold one of these, once each: slow cut fill +",
    )
    parser.add_argument("--on", type=Path, help="break the stack that runs in this folder, begun with --detour")
    asked = parser.parse_args()
    with stack_of(asked) as (stack, small):
        sys.stdout.write(f"seed {asked.seed}; pages on a disk of their own: {'yes' if small else 'no'}\n")
        wrong = run(stack, asked, small=small)
    sys.stdout.write("".join(f"WRONG {sentence}\n" for sentence in wrong) or "The books are right.\n")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
