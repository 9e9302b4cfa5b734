"""No page outlives a change: 200 random changes of every kind, with visitors, and with workers killed meanwhile."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_core.background.waking import asleep
from dailyfresh_core.testing import own_database, service
from dailyfresh_goods.models import SKU, StalePage
from dailyfresh_goods.services import drain_pages
from django.core.management import call_command
from django.db import connection
from freshness.changes import Merchant, outdated, stock_shop


def test_after_random_changes_no_page_differs_from_a_fresh_one(
    db: None, pages: Path, settings: Any, committing: Any, monkeypatch: Any
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 4, "STATIC_PAGES": 2}
    stock_shop(10)
    first = SKU.objects.order_by("pk").values_list("pk", flat=True)[0]  # a server goes on counting after a rollback
    drain_pages()
    merchant = Merchant(seed=int(os.environ.get("FRESHNESS_SEED", "7")))
    monkeypatch.setattr(merchant, "do_type", lambda: None)  # the long proof makes all pages anew again and again
    for number in range(20):
        with asleep(), committing():  # marks gather, and are worked off together
            merchant.change()
            if number % 5 == 4:  # as when the process dies between COMMIT and its callbacks
                connection.run_on_commit.clear()
    drain_pages()
    assert outdated(first) == []
    call_command("check_pages", verbosity=0)
    assert not StalePage.objects.exists()


@pytest.mark.prove
@pytest.mark.parametrize(
    ("program", "arguments"),
    [("run", ["200", "0"]), ("run", ["200", "3"]), ("run", ["200", "0", "3"]), ("kill", ["60"])],
    ids=["undisturbed", "workers killed", "Redis killed", "writers killed between two lines"],
)
def test_a_running_stack_stays_fresh(program: str, arguments: list[str], redis_url: str, tmp_path: Path) -> None:
    with own_database(service("DATABASE_URL"), f"goods_freshness_{os.getpid()}") as url:
        run = subprocess.run(
            [sys.executable, "-m", f"freshness.{program}", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=900,
            env=os.environ
            | {
                "PYTHONPATH": str(Path(__file__).parent),
                "DJANGO_SETTINGS_MODULE": "freshness.settings",
                "FRESHNESS_DIR": str(tmp_path),
                "FRESHNESS_DATABASE": url,
            },
        )
    print(run.stdout)
    log = tmp_path / "worker.log"
    assert run.returncode == 0, run.stdout + run.stderr + (log.read_text()[-3000:] if log.exists() else "")
