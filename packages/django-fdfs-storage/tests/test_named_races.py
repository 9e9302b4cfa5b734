"""Named files under several hands, and under a hand that dies."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.named import lookups
from django_fdfs_storage.named.drain import drain
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.outcomes import throw_away
from django_fdfs_storage.named.storage import NamedFastDFSStorage

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work, threads: int = 8) -> list[str]:
    """What each thread came to; the first of their errors is raised."""
    results, errors = [], []
    together = threading.Barrier(threads)

    def run(number: int) -> None:
        together.wait()
        try:
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=run, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return results


def in_transaction(storage, content: ContentFile) -> str:
    """A deadlock ends the transaction of the site: it is the site's to repeat."""
    while True:
        with suppress(OperationalError), transaction.atomic():
            return storage.save("same/name.txt", content)


@pytest.mark.parametrize("inside", [False, True], ids=["autocommit", "transaction"])
def test_of_many_at_once_each_gets_a_name_of_its_own(storage, held, inside, server_database):
    def save(number: int) -> str:
        content = ContentFile(b"%d" % number)
        if not inside:
            return storage.save("same/name.txt", content), number
        return in_transaction(storage, content), number

    for _ in range(3):
        kept = at_once(save)
        assert len({name for name, _number in kept}) == 8
        assert all(storage.open(name).read() == b"%d" % number for name, number in kept)
    throw_away()
    assert held() == StoredFile.objects.count() == 24


@pytest.mark.parametrize("inside", [False, True], ids=["autocommit", "transaction"])
def test_of_many_that_replace_one_file_one_is_left(storage, held, inside, server_database):
    replacing = NamedFastDFSStorage(allow_overwrite=True)

    def save(number: int) -> str:
        content = ContentFile(b"%d" % number)
        if not inside:
            return replacing.save("same/name.txt", content)
        return in_transaction(replacing, content)

    for _ in range(3):
        assert set(at_once(save)) == {"same/name.txt"}
    throw_away()
    drain(replacing.rows, replacing.engine)
    assert held() == StoredFile.objects.count() == 1
    assert replacing.open("same/name.txt").read() in {b"%d" % number for number in range(8)}


# -- two transactions, step by step --


@contextmanager
def transaction_of_another(work) -> Iterator[Future]:
    """`work()` is done in a transaction of another connection, which is committed at the end of the block."""
    done, end = Future(), threading.Event()

    def run() -> None:
        try:
            with transaction.atomic():
                done.set_result(work())
                end.wait(10)
        except Exception as error:
            done.set_exception(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        end.set()
        thread.join()


def in_thread(work) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_file_that_a_transaction_shares_is_not_let_go_of_before_its_end(storage, held, server_database):
    """Else the row that shares it, which nobody sees yet, would be committed without a file."""
    sharing = NamedFastDFSStorage(deduplicate=True)
    sharing.save("a.txt", ContentFile(b"same"))
    with transaction_of_another(lambda: sharing.save("b.txt", ContentFile(b"same"))) as saved:
        saved.result(10)
        deletion = in_thread(lambda: sharing.delete("a.txt"))
        deletion.join(0.3)
    deletion.join()
    drain(sharing.rows, sharing.engine)
    assert (sharing.exists("a.txt"), sharing.open("b.txt").read(), held()) == (False, b"same", 1)


def test_a_file_that_was_let_go_of_meanwhile_is_not_shared_but_stored_again(storage, held, monkeypatch):
    """Its row was found, and then deleted: what a transaction sees that began before (REPEATABLE READ)."""
    sharing = NamedFastDFSStorage(deduplicate=True)
    sharing.save("a.txt", ContentFile(b"same"))
    find = lookups.row_with

    def find_and_be_overtaken(rows, chunks):
        found = find(rows, chunks)
        sharing.delete("a.txt")
        return found

    monkeypatch.setattr(lookups, "row_with", find_and_be_overtaken)
    sharing.save("b.txt", ContentFile(b"same"))
    assert (sharing.open("b.txt").read(), held()) == (b"same", 1)


def test_a_variant_is_not_deleted_by_who_found_an_earlier_one_due(storage, monkeypatch):
    """Two drains find it, one deletes it, the variant is saved again, and then the other deletes what it found."""
    storage.save("cat.jpg", ContentFile(b"meow"))
    storage.save_variant("cat.jpg", "_small", ContentFile(b"tiny"))
    StoredFile.objects.filter(name="cat_small.jpg").update(name=None, delete_after=timezone.now())
    delete = FastDFSClient.delete

    def be_overtaken(self, file_id):
        monkeypatch.setattr(FastDFSClient, "delete", delete)
        drain(storage.rows, storage.engine)
        storage.save_variant("cat.jpg", "_small", ContentFile(b"tinier"))
        delete(self, file_id)

    monkeypatch.setattr(FastDFSClient, "delete", be_overtaken)
    drain(storage.rows, storage.engine)
    assert storage.open("cat_small.jpg").read() == b"tinier"


def test_a_file_is_kept_while_its_commit_may_still_be_going_on(storage, held, server_database, monkeypatch):
    """The connection broke, and the server goes on with what it was told: the table does not show the row yet."""
    with monkeypatch.context() as broken, suppress(OperationalError):
        broken.setattr(connection, "_commit", lost)
        broken.setattr(connection, "_rollback", lost)
        broken.setattr(connection, "_close", lambda: None)
        with transaction.atomic():
            storage.save("a.txt", ContentFile(b"meow"))
            server = connection.connection
    throw_away()
    server.commit()
    server.close()
    assert (storage.open("a.txt").read(), held()) == (b"meow", 1)


def lost(*_arguments) -> None:
    with connection.wrap_database_errors:
        raise connection.Database.OperationalError("Lost connection to server during query")


def test_a_deadlock_outside_of_a_transaction_is_repeated(storage, monkeypatch):
    def but_first(function):
        """The same, but it is chosen as a victim once."""
        left = [OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")]

        def call(*arguments, **options):
            if left:
                raise left.pop()
            return function(*arguments, **options)

        return call

    sharing = NamedFastDFSStorage(deduplicate=True)
    sharing.save("a.txt", ContentFile(b"same"))
    monkeypatch.setattr(lookups, "locked", but_first(lookups.locked))
    assert sharing.save("b.txt", ContentFile(b"same")) == "b.txt"
    monkeypatch.setattr(QuerySet, "update", but_first(QuerySet.update))
    sharing.delete("a.txt")
    assert sharing.listdir("") == ([], ["b.txt"])
    monkeypatch.setattr(QuerySet, "update", but_first(QuerySet.update))
    with pytest.raises(OperationalError), transaction.atomic():
        sharing.delete("b.txt")


def test_a_file_is_kept_while_its_transaction_is_repeated(storage, held, server_database, monkeypatch):
    """The commit was refused (Galera, SERIALIZABLE), and another thread cleans up before the second one."""
    commit, refused = connection._commit, []

    def commit_at_last() -> None:
        if not refused:
            refused.append(True)
            raise OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
        in_thread(throw_away).join()
        commit()

    replacing = NamedFastDFSStorage(allow_overwrite=True)
    with monkeypatch.context() as refusing:
        refusing.setattr(connection, "_commit", commit_at_last)
        replacing.save("a.txt", ContentFile(b"meow"))
    throw_away()
    assert (replacing.open("a.txt").read(), held()) == (b"meow", 1)


def test_a_file_in_sqlite_is_replaced_by_many(own_tracker, tmp_path):
    """Nobody hears that the database is locked: each waits for it as long as SQLite is told to."""
    script = Path(__file__).with_name("replacing.py")
    subprocess.run([sys.executable, script, tmp_path / "db.sqlite3", own_tracker], check=True)


@pytest.mark.filterwarnings("ignore:This process")
def test_what_a_killed_process_left_is_found_by_fdfs_gc(storage, held, data, tmp_path, in_fork):
    """It was killed between the upload and the commit: FastDFS has a file that no row knows."""
    before = {path for path in data.rglob("*") if path.is_file()}
    storage.save("kept.txt", ContentFile(b"kept"))

    def save_and_die() -> None:
        with transaction.atomic():
            storage.save("lost.txt", ContentFile(b"lost"))
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_fork(save_and_die) == -signal.SIGKILL
    assert (storage.exists("lost.txt"), StoredFile.objects.count(), held()) == (False, 1, 2)
    listing = tmp_path / "found.txt"
    known = {path for path in data.rglob("*") if path.is_file()} - before
    listing.write_text("\n".join(str(path) for path in known))
    out = io.StringIO()
    call_command("fdfs_gc", str(listing), group="group1", min_age=-1, delete=True, stdout=out, stderr=out)
    assert "1 of 2 files are used by no row." in out.getvalue()
    assert held() == 1
    assert storage.open("kept.txt").read() == b"kept"
