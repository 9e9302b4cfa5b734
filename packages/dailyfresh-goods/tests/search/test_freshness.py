"""The index follows the database, through kills, damage and rebuilds."""

import os
import shutil
import threading
import time
from contextlib import contextmanager
from io import StringIO

import pytest
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.db.rows import in_portions
from dailyfresh_goods.models import SKU, SPU, StaleDocument
from dailyfresh_goods.search import indexing, tasks
from dailyfresh_goods.search.engines.base import IndexUnavailable
from dailyfresh_goods.search.indexing import backend_of, drain, haystack_id, index_of, rebuild, status
from dailyfresh_goods.search.results.finding import Refinement, find
from demo import use_index
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

both = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
waiting = pytest.mark.parametrize("marked", [False, True], ids=["nothing waits", "a mark waits"])


def names(text):
    return [hit.card.name for hit in find(text, Refinement()).hits]


@both
def test_a_saved_change_is_found_after_its_commit(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        sku = SKU.objects.get(pk=shop["pear"])
        sku.name = "安徽砀山酥梨"
        sku.save()
        assert StaleDocument.objects.filter(sku_id=sku.pk).exists()
        assert names("砀山") == []
    assert names("砀山") == ["安徽砀山酥梨"]
    assert names("库尔勒") == ["库尔勒香梨"] or names("库尔勒") == ["安徽砀山酥梨"]
    assert not StaleDocument.objects.exists()


@both
def test_a_shop_without_goods_searches_its_index_and_does_not_rebuild_it(db, tmp_path, engine):
    with use_index(tmp_path, engine):
        rebuild()
        built = backend_of("default").generations.current
        found = find("草莓", Refinement())
        assert (found.degraded, found.number, drain()) == (False, 0, 0)
        assert backend_of("default").generations.current == built


def test_a_change_is_found_within_two_seconds(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        sku = SKU.objects.get(pk=shop["pear"])
        sku.name = "砀山酥梨"
        sku.save()
    started = time.monotonic()
    for callback in callbacks:
        callback()
    assert names("酥梨") == ["砀山酥梨"]
    assert time.monotonic() - started < 2


@both
def test_goods_off_sale_leave_the_index_and_come_back(shop, django_capture_on_commit_callbacks):
    sku = SKU.objects.get(pk=shop["goose"])
    for on_sale, expected in ((False, 0), (True, 1)):
        with django_capture_on_commit_callbacks(execute=True):
            sku.on_sale = on_sale
            sku.save()
        assert find("狮头鹅", Refinement()).number == expected


@both
def test_deleted_goods_leave_the_index(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        SKU.objects.get(pk=shop["goose"]).delete()
    assert find("狮头鹅", Refinement()).number == 0


def test_a_renamed_spu_reindexes_its_packs(shop, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        spu = SPU.objects.get(skus=shop["strawberry"])
        spu.name = "章姬奶油莓"
        spu.save()
    assert find("章姬", Refinement()).number == 3


def test_a_change_that_is_rolled_back_is_neither_marked_nor_found(shop):
    from django.db import transaction

    with transaction.atomic():
        sku = SKU.objects.get(pk=shop["pear"])
        sku.name = "砀山酥梨"
        sku.save()
        transaction.set_rollback(True)
    assert not StaleDocument.objects.filter(sku_id=shop["pear"]).exists()


def test_many_marks_are_drained_in_batches_once_each(shop, monkeypatch):
    monkeypatch.setattr("dailyfresh_goods.search.indexing.BATCH", 25)
    StaleDocument.objects.all().delete()
    StaleDocument.objects.bulk_create(StaleDocument(sku_id=key) for key in [*shop.values()] * 2)
    drain()
    assert not StaleDocument.objects.exists()
    assert status().differences == []


@pytest.fixture
def busy(shop, monkeypatch):
    """Every batch is written while the next goods change; gives the batches."""
    batches = []
    bring = indexing._bring

    def bring_while_goods_change(backend, alias, keys):
        bring(backend, alias, keys)
        batches.append(keys)
        if len(batches) < 50:
            StaleDocument.objects.create(sku_id=shop["pear"])

    monkeypatch.setattr(indexing, "_bring", bring_while_goods_change)
    only_marks(shop["pear"])
    return batches


def test_a_drain_ends_in_its_time_though_goods_change_all_the_while(busy):
    assert drain(seconds=0) == 1
    assert len(busy) == 1
    assert StaleDocument.objects.exists()


def test_the_task_ends_in_its_time_and_wakes_the_next(busy, settings, monkeypatch, django_capture_on_commit_callbacks):
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "TASKS": "celery"}
    monkeypatch.setattr(tasks, "SECONDS", 0)
    woken = []
    monkeypatch.setattr(tasks.drain_documents, "apply_async", lambda **_: woken.append(len(busy)))
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            tasks.drain_documents()
        assert woken == [1]
        StaleDocument.objects.all().delete()


def test_without_a_worker_nothing_is_left_over(busy, settings, monkeypatch):
    settings.DAILYFRESH_GOODS = {**settings.DAILYFRESH_GOODS, "TASKS": "inline"}
    monkeypatch.setattr(tasks, "SECONDS", 0)
    tasks.drain_documents()
    assert len(busy) == 50
    assert not StaleDocument.objects.exists()


@contextmanager
def held(lock):
    """Another process, as far as the kernel's locks go, holds `lock` of the index."""
    backend = backend_of("default")
    entered, done = threading.Event(), threading.Event()

    def hold():
        # A backend belongs to its thread, as with haystack's connections.
        with getattr(type(backend)("default", PATH=backend.generations.root), lock)():
            entered.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_drain_leaves_the_marks_to_the_one_that_is_at_work(shop):
    only_marks(shop["pear"])
    with held("draining"):
        assert drain() == 0
        assert StaleDocument.objects.count() == 1
    assert drain() == 1


def test_a_mark_whose_own_drain_has_just_left_is_not_left_over(shop, monkeypatch):
    backend = type(backend_of("default"))
    draining = backend.draining

    @contextmanager
    def leave_a_mark_behind(self):
        with draining(self):
            yield
            if not left:
                left.append(StaleDocument.objects.create(sku_id=shop["goose"]))

    left = []
    monkeypatch.setattr(backend, "draining", leave_a_mark_behind)
    only_marks(shop["pear"])
    assert drain() == 2
    assert not StaleDocument.objects.exists()


def test_marks_outlive_a_writer_that_fails(shop, monkeypatch):
    StaleDocument.objects.all().delete()
    StaleDocument.objects.create(sku_id=shop["pear"])

    def fail(*_args, **_options):
        raise OSError("the disk is full")

    monkeypatch.setattr("dailyfresh_goods.search.engines.whoosh.WhooshBackend.write", fail)
    with pytest.raises(OSError):
        drain()
    assert StaleDocument.objects.count() == 1


def test_a_second_writer_waits_and_leaves_the_marks(shop, monkeypatch):
    StaleDocument.objects.all().delete()
    StaleDocument.objects.create(sku_id=shop["pear"])
    backend = backend_of("default")
    monkeypatch.setattr(type(backend), "WAIT", 0.1)
    with held("writing"):
        with pytest.raises(Busy), backend.writing():
            pass
        assert drain() == 0
        assert StaleDocument.objects.count() == 1
    assert drain() == 1


@both
def test_searches_find_while_the_index_is_rebuilt(shop):
    seen, stop = [], threading.Event()
    backend = backend_of("default")

    def ask():
        own = type(backend)("default", PATH=backend.generations.root)
        while not stop.is_set():
            seen.append(
                own.search('{"field": "name", "lookup": "content", "value": ["草莓"], "weight": 1, "part": 1}')["hits"]
            )

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(3):
            assert rebuild() == len(shop)
    finally:
        stop.set()
        thread.join()
    assert set(seen) == {3}


@both
def test_a_change_during_a_rebuild_is_in_the_new_index(shop, monkeypatch):
    def while_goods_change(rows, size):
        for number, sku in enumerate(in_portions(rows, size)):
            yield sku
            if number == 40:
                SKU.objects.filter(pk=shop["strawberry"]).update(name="冰雪莓")  # it has been written by now
                StaleDocument.objects.create(sku_id=shop["strawberry"])
                assert drain() == 1

    with monkeypatch.context() as patch:
        patch.setattr(indexing, "PORTION", 20)
        patch.setattr(indexing, "in_portions", while_goods_change)
        rebuild()
    assert names("冰雪莓") == ["冰雪莓"]
    assert status().differences == []


def only_marks(*keys):
    StaleDocument.objects.all().delete()
    StaleDocument.objects.bulk_create(StaleDocument(sku_id=key) for key in keys)


def healed(shop):
    """All of the catalogue is found again, and nothing waits."""
    found = find("草莓", Refinement())
    assert not found.degraded
    assert found.number == 3
    assert status().documents == len(shop)
    assert status().differences == []
    assert not StaleDocument.objects.exists()


@both
@waiting
def test_a_missing_index_is_answered_by_the_database_and_healed_by_the_drain(shop, marked, caplog):
    only_marks(*[shop["pear"]] * marked)
    shutil.rmtree(backend_of("default").generations.root)
    found = find("草莓", Refinement())
    assert found.degraded
    assert {hit.card.name for hit in found.hits} == {"红颜草莓"}
    assert "search_rebuild" in caplog.text
    caplog.clear()
    drain()
    assert [record.getMessage() for record in caplog.records] == ["There is no index yet; it is built now"]
    assert not caplog.records[0].exc_info, "as at the first start of a shop"
    healed(shop)


def replace(file, content):
    """Damage as a process finds it that starts: one that has the file mapped would be killed by the kernel when it shrinks."""
    aside = file.with_name("aside")
    aside.write_bytes(content)
    aside.replace(file)


@both
@waiting
def test_a_corrupt_index_is_answered_by_the_database_and_healed_by_the_drain(shop, marked):
    only_marks(*[shop["pear"]] * marked)
    backend = backend_of("default")
    folder = backend.generations.current
    for file in folder.iterdir():
        if file.is_file():
            replace(file, os.urandom(200))
    backend.forget_reader()
    assert find("草莓", Refinement()).degraded
    drain()
    healed(shop)


@both
def test_an_index_that_is_sound_to_search_and_cannot_be_written_is_built_anew(shop, monkeypatch):
    backend = type(backend_of("default"))
    write = backend.write

    def fail(self, folder, *arguments, **options):
        if folder == damaged:
            raise ValueError("no such segment")
        write(self, folder, *arguments, **options)

    damaged = backend_of("default").generations.current
    monkeypatch.setattr(backend, "write", fail)
    only_marks(shop["pear"], shop["goose"])
    assert drain() == 2
    healed(shop)


@both
def test_a_missing_index_is_never_begun_with_a_few_documents(shop):
    backend = backend_of("default")
    shutil.rmtree(backend.generations.root)
    with pytest.raises(IndexUnavailable, match="search_rebuild"):
        backend.update(index_of("default"), [SKU.objects.get(pk=shop["pear"])])
    assert find("草莓", Refinement()).degraded


@both
@waiting
def test_an_index_with_any_file_cut_short_is_healed_by_the_drain(shop, marked):
    from haystack import connections

    def files():
        folder = backend_of("default").generations.current
        return sorted((file for file in folder.rglob("*") if file.is_file()), key=lambda file: file.suffix)

    for number in range(len(files())):
        file = files()[number]
        replace(file, file.read_bytes()[: file.stat().st_size // 2])
        connections.thread_local.__dict__.clear()  # as in a process that starts
        only_marks(*[shop["pear"]] * marked)
        found = find("草莓", Refinement())
        assert found.degraded or found.number == 3, file
        drain()
        healed(shop)


@pytest.mark.parametrize("read", [rebuild, status])
def test_the_whole_catalogue_is_read_a_portion_at_a_time(shop, read, monkeypatch):
    """A driver such as MariaDB's takes the whole answer into memory, whatever is read of it."""
    monkeypatch.setattr("dailyfresh_goods.search.indexing.PORTION", 30)
    with CaptureQueriesContext(connection) as asked:
        read()
    texts = [query["sql"] for query in asked if '"description"' in query["sql"]]
    assert [sql.rpartition("LIMIT ")[2] for sql in texts if "LIMIT" in sql] == ["30"] * 3
    assert status().differences == []


def test_half_written_files_of_a_killed_writer_do_no_harm(shop):
    folder = backend_of("default").generations.current
    (folder / "MAIN_zzzzzzzzzzzzzzzz.seg").write_bytes(b"half")
    (folder / "_MAIN_999.toc.1234").write_bytes(b"half")
    StaleDocument.objects.create(sku_id=shop["pear"])
    drain()
    assert find("草莓", Refinement()).number == 3


def test_the_rest_of_a_killed_rebuild_is_swept_away_by_the_next(shop):
    generations = backend_of("default").generations
    killed = generations.root / "sets" / "built-deadbeef"
    killed.mkdir()
    (killed / "late").write_text(haystack_id(1))
    (generations.root / "next").symlink_to("sets/built-deadbeef")
    rebuild()
    assert list((generations.root / "sets").iterdir()) == [generations.current]
    assert generations.next is None
    assert not (generations.current / "late").exists()


def test_status_tells_lag_size_and_differences_and_repairs_them(shop):
    StaleDocument.objects.all().delete()
    SKU.objects.filter(pk=shop["pear"]).update(price="1.00")
    SKU.objects.filter(pk=shop["goose"]).update(on_sale=False)
    backend_of("default").remove(haystack_id(shop["duck"]))
    StaleDocument.objects.all().delete()
    out = StringIO()
    with pytest.raises(CommandError, match="differs"):
        call_command("search_status", stdout=out)
    assert f"missing    1: {shop['duck']}" in out.getvalue()
    assert f"outdated   1: {shop['pear']}" in out.getvalue()
    assert f"extra      1: {shop['goose']}" in out.getvalue()
    out = StringIO()
    call_command("search_status", "--repair", stdout=out)
    assert out.getvalue().rstrip().endswith("extra      0")
    call_command("search_status", stdout=StringIO())


@both
def test_a_sale_that_leaves_goods_as_available_as_before_leaves_their_documents_as_they_are(shop):
    from dailyfresh_goods.services import mark_stock_changed

    SKU.objects.filter(pk=shop["pear"]).update(stock=F("stock") - 1)
    mark_stock_changed(sku_ids=[str(shop["pear"])])
    assert not StaleDocument.objects.exists()
    assert status().differences == []
    SKU.objects.filter(pk=shop["pear"]).update(stock=0)
    mark_stock_changed(sku_ids=[str(shop["pear"])])
    assert StaleDocument.objects.get().sku_id == shop["pear"]
    assert status().outdated == [shop["pear"]]
    drain()
    assert status().differences == []


def test_the_rebuild_of_haystack_is_ours(shop):
    out = StringIO()
    call_command("rebuild_index", "--noinput", stdout=out)
    assert "68 SKUs indexed" in out.getvalue()
