"""No file is lost whose row stands, whatever happens at the end of a transaction."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.exceptions import Refused, ServerTimeout
from django_fdfs_storage.named import outcomes
from django_fdfs_storage.named.drain import drain
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.outcomes import throw_away
from django_fdfs_storage.named.storage import NamedFastDFSStorage

pytestmark = pytest.mark.django_db(transaction=True)


def save(storage, name: str = "a.txt", content: bytes = b"meow") -> str:
    return storage.save(name, ContentFile(content))


def failing_after(done: Callable, error: BaseException) -> Callable:
    """The same function, whose answer is lost on its way."""

    def call(*arguments, **options):
        done(*arguments, **options)
        raise error

    return call


def let_go(storage, name: str, *, seconds_ago: float = 60) -> str:
    """The name is gone, and its file is due; its id."""
    file_id = storage.file_id(name)
    due = timezone.now() - timedelta(seconds=seconds_ago)
    StoredFile.objects.filter(name=name).update(name=None, delete_after=due)
    return file_id


# -- an error is no rollback --


def test_a_save_whose_commit_was_not_answered_keeps_the_file_of_its_row(storage, monkeypatch):
    commit = failing_after(connection._commit, OperationalError("the answer is lost"))
    with monkeypatch.context() as broken, suppress(OperationalError):
        broken.setattr(connection, "_commit", commit)
        with transaction.atomic():
            save(storage)
    throw_away()
    assert storage.open("a.txt").read() == b"meow"


def test_a_save_whose_insert_was_not_answered_keeps_the_file_of_its_row(storage, monkeypatch):
    insert = failing_after(StoredFile.insert, OperationalError("the answer is lost"))
    with monkeypatch.context() as broken, suppress(OperationalError):
        broken.setattr(StoredFile, "insert", insert)
        save(storage)
    throw_away()
    assert storage.open("a.txt").read() == b"meow"


def test_a_file_is_kept_as_long_as_the_table_cannot_be_asked(storage, held, monkeypatch):
    with suppress(RuntimeError), transaction.atomic():
        save(storage)
        raise RuntimeError
    with monkeypatch.context() as gone:
        gone.setattr(connection, "cursor", failing_after(lambda: None, OperationalError("gone")))
        throw_away()
    assert held() == 1
    throw_away()
    assert held() == 0


def test_a_file_is_not_judged_by_what_an_open_transaction_sees(storage, held):
    with transaction.atomic():
        with suppress(RuntimeError), transaction.atomic():
            save(storage)
            raise RuntimeError
        throw_away()
        assert held() == 1
    throw_away()
    assert held() == 0


def test_a_worker_that_is_aborted_while_it_drains_has_replaced_the_file(storage, monkeypatch):
    replacing = NamedFastDFSStorage(allow_overwrite=True)
    save(replacing, content=b"old")
    with monkeypatch.context() as hung, suppress(SystemExit):
        hung.setattr(FastDFSClient, "delete", failing_after(lambda *_: None, SystemExit(1)))
        save(replacing, content=b"new")
    throw_away()
    assert replacing.open("a.txt").read() == b"new"


@pytest.mark.filterwarnings("ignore:This process")
def test_a_fork_in_an_open_transaction_deletes_nothing_of_its_parent(storage, in_fork):
    def close_and_throw_away() -> None:
        BaseDatabaseWrapper.close(connection)  # that of SQLite does nothing in memory
        connection.in_atomic_block = False
        throw_away()

    with transaction.atomic():
        save(storage)
        assert in_fork(close_and_throw_away) == 0
    assert storage.open("a.txt").read() == b"meow"


def test_what_a_transaction_let_go_of_is_not_drained_in_it(storage):
    """Its rollback brings the name back: a view with ATOMIC_REQUESTS that calls fdfs_drain, and fails."""
    save(storage)
    with suppress(RuntimeError), transaction.atomic():
        storage.delete("a.txt")
        assert drain(storage.rows, storage.engine) == 0
        with pytest.raises(CommandError, match="outside"):
            call_command("fdfs_drain")
        raise RuntimeError
    assert storage.open("a.txt").read() == b"meow"


# -- a drain that cannot delete --


def test_a_drain_waits_once_for_a_server_that_hangs(storage, monkeypatch):
    for number in range(20):
        let_go(storage, save(storage, f"{number}.txt"))
    asked = []

    def hang(self, file_id):
        asked.append(file_id)
        raise ServerTimeout("silent")

    with monkeypatch.context() as hung:
        hung.setattr(FastDFSClient, "delete", hang)
        drain(storage.rows, storage.engine, limit=20)
        storage.delete("nothing.txt")
        drain(storage.rows, storage.engine, limit=20)
    assert len(asked) == len({file_id.partition("/")[0] for file_id in asked})
    assert StoredFile.objects.filter(delete_after__gt=timezone.now()).count() == 20


def test_files_that_cannot_be_deleted_do_not_stand_in_the_way_of_others(storage, held, monkeypatch):
    stuck = {let_go(storage, save(storage, f"{number}.txt"), seconds_ago=3600) for number in range(3)}
    let_go(storage, save(storage, "last.txt"))
    delete = FastDFSClient.delete

    def refuse(self, file_id):
        if file_id in stuck:
            raise Refused(13, "permission denied")
        delete(self, file_id)

    monkeypatch.setattr(FastDFSClient, "delete", refuse)
    assert drain(storage.rows, storage.engine, limit=3) == 0
    assert held() == 4
    assert drain(storage.rows, storage.engine, limit=3) == 1
    assert held() == 3
    assert set(StoredFile.objects.values_list("file_id", flat=True)) == stuck


def test_a_shared_file_stays_as_long_as_the_last_of_its_names_was_promised(storage, held):
    sharing = NamedFastDFSStorage(deduplicate=True, lookup_seconds=60)
    save(sharing, "a.txt", b"same")
    save(sharing, "b.txt", b"same")
    let_go(sharing, "a.txt")
    sharing.delete("b.txt")
    drain(sharing.rows, sharing.engine)
    assert (held(), StoredFile.objects.count()) == (1, 1)
    StoredFile.objects.update(delete_after=timezone.now())
    drain(sharing.rows, sharing.engine)
    assert (held(), StoredFile.objects.count()) == (0, 0)


# -- where nothing forks --


def test_a_named_storage_needs_no_forks(monkeypatch):
    """Windows has none."""
    monkeypatch.delattr(os, "register_at_fork")
    spec = spec_from_file_location(outcomes.__name__, outcomes.__file__)
    spec.loader.exec_module(module_from_spec(spec))
