"""The index follows the database: marked with the change, worked off by one drain at a time."""

import threading
import time
from contextlib import contextmanager

import pytest
from dailyfresh_goods.exceptions import Busy
from dailyfresh_goods.models import SKU, SPU, StaleDocument
from dailyfresh_goods.search import indexing, tasks
from dailyfresh_goods.search.finding import Refinement, find
from dailyfresh_goods.search.indexing import backend_of, drain, status
from demo import names, only_marks
from django.db.models import F

both = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])


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
    reindex = indexing._reindex

    def reindex_while_goods_change(backend, alias, keys):
        reindex(backend, alias, keys)
        batches.append(keys)
        if len(batches) < 50:
            StaleDocument.objects.create(sku_id=shop["pear"])

    monkeypatch.setattr(indexing, "_reindex", reindex_while_goods_change)
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
    monkeypatch.setattr(tasks.drain_documents, "delay", lambda: woken.append(len(busy)))
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
    only_marks(shop["pear"])

    def fail(*_args, **_options):
        raise OSError("the disk is full")

    monkeypatch.setattr("dailyfresh_goods.search.engines.whoosh.WhooshBackend.write", fail)
    with pytest.raises(OSError):
        drain()
    assert StaleDocument.objects.count() == 1


def test_a_second_writer_waits_and_leaves_the_marks(shop, monkeypatch):
    only_marks(shop["pear"])
    backend = backend_of("default")
    monkeypatch.setattr(type(backend), "WAIT", 0.1)
    with held("writing"):
        with pytest.raises(Busy), backend.writing():
            pass
        assert drain() == 0
        assert StaleDocument.objects.count() == 1
    assert drain() == 1


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
