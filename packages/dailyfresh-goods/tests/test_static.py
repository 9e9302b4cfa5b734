"""Pages on disk: the same bytes as the dynamic ones, whole or not at all, and no page that is out of date."""

import gzip
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import Context
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from celery import Celery, current_app
from conftest import BASE, Shop
from dailyfresh_goods import services, tasks
from dailyfresh_goods.exceptions import PageRefused
from dailyfresh_goods.management.commands import check_pages
from dailyfresh_goods.models import SKU, HomeBanner, StalePage
from dailyfresh_goods.pages import build
from dailyfresh_goods.pages.disk import DiskPages
from dailyfresh_goods.pages.keys import details_key
from dailyfresh_goods.services import build_everything, drain_pages
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu.simple import SimpleQueue

Browse = Callable[..., Any]


@pytest.fixture
def queue() -> Iterator[SimpleQueue]:
    """What waits for a worker of the site's Celery app."""
    before = current_app._get_current_object()
    app = Celery("shop", broker="memory://")
    with app.connection() as connection, connection.SimpleQueue("celery") as queue:
        yield queue
    app.close()
    before.set_current()


def file(pages: Path, path: str) -> Path:
    return pages / f"{BASE}{path}".strip("/") / "index.html"


def differing() -> int:
    """How many pages on disk differ from their dynamic twins."""
    try:
        call_command("check_pages", verbosity=0)
    except CommandError as error:
        return int(str(error).split()[0])
    return 0


def test_a_page_on_disk_has_the_bytes_of_the_dynamic_page(shop: Shop, pages: Path, browse: Browse) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    for path in ("/", "/list/fruit/", "/list/fruit/new/", "/list/fruit/price/1/", f"/goods/{sku.pk}/"):
        body = file(pages, path).read_bytes()
        assert body == browse(path).content
        assert gzip.decompress(file(pages, path).with_name("index.html.gz").read_bytes()) == body
    assert differing() == 0


def test_brotli_lies_beside_where_the_library_is_there(shop: Shop, pages: Path) -> None:
    brotli = pytest.importorskip("brotli")
    sku = shop.sku()
    drain_pages()
    page = file(pages, f"/goods/{sku.pk}/")
    assert brotli.decompress(page.with_name("index.html.br").read_bytes()) == page.read_bytes()


def test_only_the_first_pages_of_a_list_are_written(shop: Shop, pages: Path, settings: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 1, "STATIC_PAGES": 3}
    shop.many(5)
    shop.sku()
    drain_pages()
    assert file(pages, "/list/fruit/newest/3/").exists()
    assert not file(pages, "/list/fruit/newest/4/").exists()
    assert not file(pages, "/list/fruit/default/1/").exists()


def test_a_change_writes_the_pages_that_show_it_and_no_other(shop: Shop, pages: Path, committing: Any) -> None:
    with committing():
        apple, fish = shop.sku("Apple"), shop.sku("Salmon", type=shop.fish)
    before = {path: path.stat().st_mtime_ns for path in pages.resolve().rglob("index.html")}
    with committing():
        SKU.objects.filter(pk=apple.pk).update(name="Pear")
    changed = {path for path, at in before.items() if path.stat().st_mtime_ns != at}
    assert file(pages, f"/goods/{apple.pk}/").resolve() in changed
    assert file(pages, f"/goods/{fish.pk}/").resolve() not in changed
    assert all("fish" not in str(path) for path in changed)
    assert b"Pear" in file(pages, "/list/fruit/").read_bytes()


@pytest.mark.parametrize("way", ["delete", "off sale"])
def test_pages_of_goods_that_are_gone_are_taken_away(way: str, shop: Shop, pages: Path, committing: Any) -> None:
    with committing():
        sku = shop.sku("Apple")
    page = file(pages, f"/goods/{sku.pk}/")
    assert page.exists()
    with committing():
        if way == "delete":
            sku.delete()
        else:
            services.take_off_sale(sku_ids=[str(sku.pk)])
    assert not page.exists()
    assert not page.with_name("index.html.gz").exists()


def test_a_list_that_shrinks_loses_its_last_pages(shop: Shop, pages: Path, settings: Any, committing: Any) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "PAGE_SIZE": 1}
    with committing():
        first, _second = shop.sku(), shop.sku()
    assert file(pages, "/list/fruit/price/2/").exists()
    with committing():
        first.delete()
    assert not file(pages, "/list/fruit/price/2/").exists()


def test_a_type_that_is_renamed_moves_its_pages(shop: Shop, pages: Path, committing: Any) -> None:
    with committing():
        sku = shop.sku()
    with committing():
        shop.fruit.slug, shop.fruit.name = "fruits", "Fruits"
        shop.fruit.save()
    assert not file(pages, "/list/fruit/").exists()
    assert file(pages, "/list/fruits/").exists()
    assert b"Fruits" in file(pages, f"/goods/{sku.pk}/").read_bytes()  # every detail names its type
    assert differing() == 0


def test_a_page_that_fails_stays_as_it_was_and_is_named(
    shop: Shop, pages: Path, committing: Any, monkeypatch: Any, caplog: Any
) -> None:
    from dailyfresh_goods.selectors import backlog

    with committing():
        sku = shop.sku("Apple")
    before = file(pages, f"/goods/{sku.pk}/").read_bytes()

    def broken(path: str, language: str) -> bytes:
        raise PageRefused(f"{path}: status 500")

    monkeypatch.setattr(build, "fresh_page", broken)
    with caplog.at_level(logging.ERROR), committing():
        SKU.objects.filter(pk=sku.pk).update(name="Pear")
    assert file(pages, f"/goods/{sku.pk}/").read_bytes() == before
    assert "stays as it was" in caplog.text
    assert backlog().failed > 0
    assert "status 500" in backlog().reason
    monkeypatch.undo()
    StalePage.objects.update(failed_at=timezone.now() - timedelta(minutes=2))
    drain_pages()
    assert b"Pear" in file(pages, f"/goods/{sku.pk}/").read_bytes()
    assert backlog().waiting == 0


MIDDLEWARE = "minisite.middleware"


@pytest.mark.parametrize(
    ("middleware", "reason"),
    [("SetsCookie", "cookie"), ("ReadsUser", "varies"), ("CarriesToken", "token"), ("Fails", "status 503")],
)
def test_a_page_made_for_one_visitor_is_refused(middleware: str, reason: str, shop: Shop, settings: Any) -> None:
    settings.CSRF_USE_SESSIONS = False
    settings.MIDDLEWARE = [f"{MIDDLEWARE}.{middleware}", *settings.MIDDLEWARE]
    sku = shop.sku()
    with pytest.raises(PageRefused, match=reason):
        build.fresh_page(f"{BASE}/goods/{sku.pk}/", "en")


def test_a_host_the_site_does_not_know_is_named(shop: Shop, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["elsewhere.example"]
    with pytest.raises(PageRefused, match="status 400"):
        build.fresh_page(f"{BASE}/", "en")


def test_a_client_cannot_ask_past_the_cache(shop: Shop, browse: Browse) -> None:
    sku = shop.sku("Apple")
    browse(f"/goods/{sku.pk}/")
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")
    assert b"Apple" in browse(f"/goods/{sku.pk}/", **{"dailyfresh-goods.fresh": "1"}).content


def test_banners_begin_and_end_on_the_written_page(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    now = timezone.now()
    shop.banner("Morning", ends_at=now + timedelta(hours=1))
    shop.banner("Evening", starts_at=now + timedelta(hours=1))
    drain_pages()
    page = file(pages, "/")
    assert b"Morning" in page.read_bytes()
    assert services.turn_home() is False
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=2))
    assert services.turn_home() is True
    drain_pages()
    assert b"Evening" in page.read_bytes()
    assert b"Morning" not in page.read_bytes()


def test_a_cached_home_page_does_not_outlive_its_banners(shop: Shop, browse: Browse, monkeypatch: Any) -> None:
    import time

    now, clock = timezone.now(), time.time()
    shop.banner("Morning", ends_at=now + timedelta(minutes=10))
    assert b"Morning" in browse("/").content
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(minutes=11))
    monkeypatch.setattr(time, "time", lambda: clock + 660)
    assert b"Morning" not in browse("/").content


def test_a_burst_of_changes_is_written_once_it_is_over(
    shop: Shop, pages: Path, settings: Any, monkeypatch: Any
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "DEBOUNCE": 5, "TASKS": "celery"}
    now = timezone.now()
    clock = {"now": now}
    monkeypatch.setattr(timezone, "now", lambda: clock["now"])
    StalePage.objects.all().delete()
    sku = shop.sku()
    page = file(pages, f"/goods/{sku.pk}/")
    assert drain_pages() is True
    assert not page.exists()
    clock["now"] += timedelta(seconds=6)
    assert drain_pages() is False
    assert page.exists()
    page.unlink()
    for _ in range(30):  # it never gets quiet
        sku.save()
        clock["now"] += timedelta(seconds=2)
        drain_pages()
    assert page.exists()


def test_every_change_wakes_one_drain_that_comes_back_once(
    shop: Shop, pages: Path, settings: Any, monkeypatch: Any, committing: Any, queue: SimpleQueue
) -> None:
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "DEBOUNCE": 5, "TASKS": "celery"}
    monkeypatch.setattr(tasks, "PAGES_AT_ONCE", 600)
    clock = {"now": timezone.now()}
    monkeypatch.setattr(timezone, "now", lambda: clock["now"])
    sku = shop.sku()

    def work() -> int:
        """A worker takes what waits in the queue, and what it puts there itself lies there for the next turn."""
        waiting = [queue.get_nowait() for _ in range(queue.qsize())]
        for message in waiting:
            args, kwargs, _embed = message.payload
            tasks.drain_pages(*args, **kwargs)
            message.ack()
        return len(waiting)

    for turn in range(20):  # a shop that sells all the time
        with committing():
            sku.save()
        clock["now"] += timedelta(seconds=3)
        assert work() <= 2, turn
    page = file(pages, f"/goods/{sku.pk}/")
    page.unlink()
    with committing():
        sku.save()
    work()
    assert not page.exists()
    clock["now"] += timedelta(seconds=5)
    work()
    assert page.exists()
    assert work() == 0


def test_a_drain_ends_in_its_time_and_wakes_the_next(shop: Shop, pages: Path, settings: Any, monkeypatch: Any) -> None:
    """Else it would hold a process of the worker, and the worker's own end, for as long as people buy."""
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "DEBOUNCE": 0, "TASKS": "celery"}
    woken = []
    monkeypatch.setattr(tasks, "PAGES_AT_ONCE", 0)
    monkeypatch.setattr(tasks, "wake", lambda task, *, tasks: woken.append(task))
    made = [file(pages, f"/goods/{shop.sku().pk}/") for _ in range(3)]
    turns = 0
    while waiting := set(StalePage.objects.values_list("key", flat=True)):
        tasks.drain_pages()
        turns += 1
        assert len(waiting - set(StalePage.objects.values_list("key", flat=True))) == 1
    assert len(woken) == turns - 1
    assert all(page.exists() for page in made)


def test_a_killed_drain_is_done_again(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    sku = shop.sku("Apple")
    build_run = services.drain.build_run

    def killed(*args: Any) -> int:
        build_run(*args)
        raise SystemExit

    monkeypatch.setattr(services.drain, "build_run", killed)
    with pytest.raises(SystemExit):
        drain_pages()
    monkeypatch.undo()
    assert StalePage.objects.exists()
    drain_pages()
    assert file(pages, f"/goods/{sku.pk}/").exists()
    assert not StalePage.objects.exists()


def test_a_page_is_made_and_compressed_once_for_the_cache_and_the_disk(
    shop: Shop, pages: Path, browse: Any, monkeypatch: Any
) -> None:
    path, compressed = f"/goods/{shop.sku().pk}/", []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda *args, **kwargs: compressed.append(1) or compress(*args, **kwargs))
    monkeypatch.setattr(gzip, "decompress", lambda *_: pytest.fail("what was just compressed is not needed"))
    to = DiskPages(root=pages.parent)
    assert build.build_run(to, "en", [BASE + path]) == 1
    with CaptureQueriesContext(connection) as asked:
        served = browse(path, accept_encoding="gzip").content
    assert len(compressed) == 1
    assert not [query for query in asked if "SAVEPOINT" not in query["sql"]]
    assert file(pages, path).with_name("index.html.gz").read_bytes() == served
    DiskPages(root=pages.parent, gzip_level=9).write(BASE + path, b"page", served)
    assert len(compressed) == 2


def test_an_older_page_never_lands_on_a_newer(shop: Shop, pages: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The slow writer reads first and would write last; the lock makes the other wait for it."""
    to = DiskPages(root=tmp_path / "pages")
    begun, go = threading.Event(), threading.Event()
    bodies = iter([b"old", b"new"])

    def slow(path: str, language: str) -> build.Built:
        body = next(bodies)
        if body == b"old":
            begun.set()
            go.wait(5)
        return build.Built(body)

    monkeypatch.setattr(build, "fresh_page", slow)
    first = threading.Thread(target=build.build_run, args=(to, "en", ["/x/"]))
    second = threading.Thread(target=build.build_run, args=(to, "en", ["/x/"]))
    first.start()
    begun.wait(5)
    second.start()
    go.set()
    first.join()
    second.join()
    assert to.read("/x/") == b"new"


def test_a_rebuild_serves_the_new_set_only_when_it_is_whole(shop: Shop, pages: Path, browse: Browse) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    old = pages.resolve()
    call_command("build_pages", verbosity=0)
    assert pages.resolve() != old
    assert old.exists()  # requests under way may still read it
    assert file(pages, f"/goods/{sku.pk}/").read_bytes() == browse(f"/goods/{sku.pk}/").content
    call_command("build_pages", verbosity=0)
    assert not old.exists()


@pytest.mark.django_db(transaction=True)
def test_several_processes_write_the_same_pages_as_one(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    for n in range(5):
        shop.sku(f"Apple {n}")
    drain_pages()

    def written() -> dict[str, bytes]:
        return {str(page.relative_to(pages.resolve())): page.read_bytes() for page in pages.resolve().rglob("*.html")}

    monkeypatch.setattr(sys.modules[build_everything.__module__], "STEP", 2)
    call_command("build_pages", verbosity=0)
    one = written()
    call_command("build_pages", verbosity=0, jobs=2)
    assert len(one) > 10
    assert written() == one


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_ends_the_rebuild_and_holds_nothing(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    shop.sku("Apple")
    drain_pages()
    old, parent = pages.resolve(), os.getpid()
    with monkeypatch.context() as patched:
        made = build.fresh_page
        patched.setattr(
            build, "fresh_page", lambda *asked: made(*asked) if os.getpid() == parent else os.kill(os.getpid(), SIGKILL)
        )
        with pytest.raises(CommandError, match="stay as they were"):
            call_command("build_pages", verbosity=0, jobs=2)
    assert pages.resolve() == old
    call_command("build_pages", verbosity=0, jobs=2)


def test_a_rebuild_touches_no_page_that_is_served(shop: Shop, pages: Path) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    page, to = file(pages.resolve(), f"/goods/{sku.pk}/"), build.writer()
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")  # as a new template would change it
    page.write_bytes(b"old")
    assert to is not None
    services.build_everything(to, "r", lambda *_: None)
    assert page.read_bytes() == b"old"
    assert b"Pear" in file(pages, f"/goods/{sku.pk}/").read_bytes()


def test_a_rebuild_that_fails_leaves_the_old_set(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    shop.sku("Apple")
    drain_pages()
    old = pages.resolve()
    monkeypatch.setattr(build, "fresh_page", lambda *_: (_ for _ in ()).throw(PageRefused("status 500")))
    with pytest.raises(CommandError, match="status 500"):
        call_command("build_pages", verbosity=0)
    assert pages.resolve() == old
    assert not (pages.parent / "next").exists()
    assert len(list((pages.parent / "sets").iterdir())) == 1


def test_a_change_during_a_rebuild_is_in_the_new_set(
    shop: Shop, pages: Path, committing: Any, monkeypatch: Any
) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    to = build.writer()
    assert to is not None

    def done(*_: Any) -> None:
        if b"Apple" in file(to.root / "next", f"/goods/{sku.pk}/").read_bytes():  # type: ignore[attr-defined]
            with committing():
                SKU.objects.filter(pk=sku.pk).update(name="Pear")

    steps: list[Any] = []
    services.build_everything(to, "r", lambda *left: done() if len(steps) == 4 else steps.append(left))
    assert b"Pear" in file(pages, f"/goods/{sku.pk}/").read_bytes() or not StalePage.objects.exists()
    drain_pages()
    assert differing() == 0


@pytest.mark.parametrize(("news", "there"), [({"name": "Pear"}, True), ({"on_sale": False}, False)])
def test_what_changes_after_its_rows_were_read_is_in_the_new_set(
    news: dict[str, Any], there: bool, shop: Shop, pages: Path, committing: Any, monkeypatch: Any
) -> None:
    first, second = shop.sku("Apple"), shop.sku("Apple")
    drain_pages()
    to, build_run, changed = build.writer(), services.drain.build_run, []
    assert to is not None

    def change() -> None:
        with committing():
            SKU.objects.filter(pk=second.pk).update(**news)
        drain_pages()

    def changing(*asked: Any) -> int:
        number = build_run(*asked)
        if f"/goods/{first.pk}/" in asked[2][0] and not changed:
            changed.append(number)
            Context().run(change)  # as another process would
        return number

    monkeypatch.setattr(services.drain, "build_run", changing)
    services.build_everything(to, "r", lambda *_: None)
    assert changed
    assert file(pages, f"/goods/{first.pk}/").exists()
    assert file(pages, f"/goods/{second.pk}/").exists() == there
    assert differing() == 0


def test_details_that_are_made_together_ask_as_often_as_few(shop: Shop, pages: Path) -> None:
    numbers = []
    for number in (2, 18):
        shop.many(number)
        StalePage.objects.all().delete()
        StalePage.objects.create(key=details_key(0))
        with CaptureQueriesContext(connection) as asked:
            drain_pages()
        numbers.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert len(list(pages.rglob("goods/*/index.html"))) >= 20
    assert numbers[0] == numbers[1] < 20


def test_check_pages_names_every_page_that_differs(shop: Shop, pages: Path, capsys: Any) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    SKU.untracked.filter(pk=sku.pk).update(name="Pear")  # past all our doors
    with pytest.raises(CommandError, match="differ"):
        call_command("check_pages")
    out = capsys.readouterr().out
    assert f"{BASE}/goods/{sku.pk}/" in out
    assert f"{BASE}/list/fruit/\n" in out
    assert f"{BASE}/list/fish/" not in out
    with pytest.raises(CommandError):
        call_command("check_pages", "--mark", verbosity=0)
    drain_pages()
    assert differing() == 0


def test_check_pages_reads_the_keys_a_portion_at_a_time(shop: Shop, pages: Path, monkeypatch: Any) -> None:
    """A driver such as MariaDB's takes the whole answer into memory, whatever is read of it."""
    monkeypatch.setattr(check_pages, "STEP", 2)
    shop.many(5)
    drain_pages()
    with CaptureQueriesContext(connection) as asked:
        call_command("check_pages", verbosity=0)
    keys = [query["sql"] for query in asked if query["sql"].startswith('SELECT "dailyfresh_goods_sku"."id" FROM')]
    assert sum("LIMIT 2" in sql for sql in keys) == len(keys) == 3


def test_a_page_nobody_needs_any_more_is_named(shop: Shop, pages: Path, capsys: Any) -> None:
    sku = shop.sku("Apple")
    drain_pages()
    SKU.untracked.filter(pk=sku.pk).delete()
    HomeBanner.untracked.all().delete()
    with pytest.raises(CommandError, match="differ"):
        call_command("check_pages")
    assert f"{BASE}/goods/{sku.pk}/" in capsys.readouterr().out


def test_the_home_page_is_removed_without_its_folder(tmp_path: Path) -> None:
    to = DiskPages(root=tmp_path)
    to.write("/", b"x")
    to.remove("/")
    to.write("/", b"y")
    assert to.read("/") == b"y"


@pytest.mark.parametrize("path", ["/../x/", "/a/../../x/", "/%2e%2e/x/", "/.git/"])
def test_no_path_leads_out_of_the_folder(path: str, tmp_path: Path) -> None:
    with pytest.raises(PageRefused):
        DiskPages(root=tmp_path).write(path, b"x")


def test_two_drains_at_once_do_the_work_once(shop: Shop, pages: Path) -> None:
    shop.sku()
    to = build.writer()
    assert to is not None
    with to.draining() as mine:
        assert mine
        assert drain_pages() is True  # the marks are left
    assert not file(pages, "/").exists()


def test_commands_say_when_no_pages_are_written(db: None) -> None:
    for command in ("build_pages", "check_pages"):
        with pytest.raises(CommandError, match="PAGES"):
            call_command(command)
