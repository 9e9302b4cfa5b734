"""The index is built anew beside itself, after damage too, and compared with the database."""

import os
import shutil
import threading
from io import StringIO

import pytest
from dailyfresh_core.rows import in_portions
from dailyfresh_goods.models import SKU, StaleDocument
from dailyfresh_goods.search import indexing
from dailyfresh_goods.search.engines.base import IndexUnavailable
from dailyfresh_goods.search.finding import Refinement, find
from dailyfresh_goods.search.indexing import backend_of, drain, haystack_id, index_of, rebuild, status
from demo import names, only_marks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

both = pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
waiting = pytest.mark.parametrize("marked", [False, True], ids=["nothing waits", "a mark waits"])


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
    drain()
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


def test_the_rebuild_of_haystack_is_ours(shop):
    out = StringIO()
    call_command("rebuild_index", "--noinput", stdout=out)
    assert "68 SKUs indexed" in out.getvalue()
