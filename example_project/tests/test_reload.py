"""`make stack-reload`: new code is taken in while buyers buy."""

import json
import random
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from chaos.browser import Browser, Tally
from chaos.buyer import Buyer
from chaos.standing import Stack
from chaos.watcher import Watcher

pytestmark = pytest.mark.stack
PATIENCE = 300  # seconds: a worker ends what it is at, and loads the site again on a busy machine
JUDGE = (
    "import django, json, sys; django.setup(); from chaos import books; books.pages = lambda: ();"
    "print(*books.wrongs(json.load(open(sys.argv[1]))), sep='\\n')"
)


def reload(stack: Stack) -> None:
    """As `make stack-reload`: all four workers are replaced, two of two instances, and what runs beside them is begun anew."""
    before, beside = stack.said().count("killed successfully"), ["worker", "background", "beat"]
    pids = {part: stack.pid(part) for part in beside}
    (stack.var / "run" / "reload").touch()
    for part in beside:
        stack.strike(part, signal.SIGTERM)
    began = touched = time.monotonic()
    while stack.said().count("killed successfully") < before + 4 or any(
        stack.pid(part) == pids[part] for part in beside
    ):
        assert time.monotonic() < began + PATIENCE, "the workers were not replaced"
        if (
            time.monotonic() > touched + 60
        ):  # uwsgi does not see it while its last worker loads the site for the one before
            (stack.var / "run" / "reload").touch()
            touched = time.monotonic()
        time.sleep(0.5)


def pay_once_more(buyers: list[Buyer]) -> None:
    """Wait until one of them has paid another order."""
    end, before = time.monotonic() + PATIENCE, sum(len(buyer.ledger.paid) for buyer in buyers)
    while sum(len(buyer.ledger.paid) for buyer in buyers) == before:
        assert time.monotonic() < end, "nobody pays"
        time.sleep(0.2)


def test_a_reload_while_buyers_buy_fails_no_request_and_loses_no_call(stack: Stack, tmp_path: Path) -> None:
    """They fill carts, order, pay and register; afterwards every row was worked off, and the books are right."""
    shop = json.loads(stack.python("-m", "chaos.market", "prepare", "6").stdout)
    skus, tally, over = random.sample(sorted(shop["stock"]), 8), Tally(), threading.Event()
    common = {"site": stack.site, "tally": tally, "skus": skus, "picture": b"none", "over": over}
    buyers = [Buyer(name, number, **common) for number, name in enumerate(shop["names"])]
    for buyer in buyers:
        buyer.start()
    try:
        pay_once_more(buyers)
        reload(stack)
        pay_once_more(buyers)
    finally:
        over.set()
        for buyer in buyers:
            buyer.join()
    failed = {kind: n for kind, n in tally.now().items() if kind == "cut" or kind.startswith("5")}
    assert not failed, (failed, tally.now())
    assert tally.now()["200"] > 100
    watcher, end = Watcher(stack.site, Tally(), sku_id=skus[0]), time.monotonic() + PATIENCE
    with watcher.browser:
        # Pages are made anew until the pictures of a first start are drawn.
        while waiting := [name for name, part in watcher.parts().items() if part["waiting"] and name != "pages"]:
            assert time.monotonic() < end, waiting
            time.sleep(1)
    told = {"stock": shop["stock"], "buyers": [buyer.ledger.as_dict() for buyer in buyers]}
    (tmp_path / "told.json").write_text(json.dumps(told))
    proved = stack.python("-c", JUDGE, str(tmp_path / "told.json"))
    assert (proved.returncode, proved.stdout.strip()) == (0, ""), proved.stdout + proved.stderr


@pytest.mark.prove
def test_a_reload_loses_no_count(stack: Stack) -> None:
    def counted() -> tuple[float, int]:
        with Browser(stack.site, Tally()) as visitor:
            page = visitor.get("/metrics")
        assert page.ok, page
        hits = re.search(r'^dailyfresh_goods_cache_total{outcome="hit"} (\S+)', page.text, re.M)
        return float(hits[1]) if hits else 0.0, len(list((stack.var / "run" / "metrics").glob("counter_web-*.db")))

    before = [counted() for _ in range(3)][-1]  # each of the four has counted something by then, or soon
    reload(stack)
    hits, files = counted()
    assert hits >= before[0]
    assert files <= 4
