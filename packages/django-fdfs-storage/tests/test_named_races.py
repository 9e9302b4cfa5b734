"""Named files under several hands, and under a hand that dies."""

import io
import os
import signal
import threading
from contextlib import suppress

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django_fdfs_storage.named.drain import drain
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.outcomes import throw_away
from django_fdfs_storage.named.storage import NamedFastDFSStorage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def storage(own_tracker, settings) -> NamedFastDFSStorage:
    settings.FDFS_STORAGE = {"TRACKERS": [own_tracker], "NETWORK_TIMEOUT": 10, "LOOKUP_SECONDS": 0}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage"},
    }
    return NamedFastDFSStorage()


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


@pytest.fixture
def server_database() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("needs a database server (DATABASE_URL)")


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


@pytest.mark.filterwarnings("ignore:This process")
def test_what_a_killed_process_left_is_found_by_fdfs_gc(storage, held, data, tmp_path):
    """It was killed between the upload and the commit: FastDFS has a file that no row knows."""
    before = {path for path in data.rglob("*") if path.is_file()}
    storage.save("kept.txt", ContentFile(b"kept"))
    child = os.fork()
    if child == 0:  # pragma: no cover
        theirs, connection.connection = connection.connection, None  # kept: a closed one would be closed for both
        with transaction.atomic():
            storage.save("lost.txt", ContentFile(b"lost"))
            os.kill(os.getpid(), signal.SIGKILL)
        del theirs
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert (storage.exists("lost.txt"), StoredFile.objects.count(), held()) == (False, 1, 2)
    listing = tmp_path / "found.txt"
    known = {path for path in data.rglob("*") if path.is_file()} - before
    listing.write_text("\n".join(str(path) for path in known))
    out = io.StringIO()
    call_command("fdfs_gc", str(listing), group="group1", min_age=-1, delete=True, stdout=out, stderr=out)
    assert "1 of 2 files are used by no row." in out.getvalue()
    assert held() == 1
    assert storage.open("kept.txt").read() == b"kept"
