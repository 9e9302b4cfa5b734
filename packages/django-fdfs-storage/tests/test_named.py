"""Files with names of their own: what Django's storages promise, and what a transaction promises."""

import re
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.exceptions import FastDFSError
from django_fdfs_storage.named.drain import drain
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.outcomes import throw_away
from django_fdfs_storage.named.storage import NamedFastDFSStorage
from django_fdfs_storage.names import is_file_id, parse_file_id
from minisite.models import Picture

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def storage(own_tracker, settings) -> NamedFastDFSStorage:
    settings.FDFS_STORAGE = {"TRACKERS": [own_tracker], "NETWORK_TIMEOUT": 2}
    return NamedFastDFSStorage(lookup_seconds=0)


def save(storage, name: str = "albums/2026/cat.jpg", content: bytes = b"meow") -> str:
    return storage.save(name, ContentFile(content))


# -- names --


def test_a_saved_name_can_be_found_again(storage):
    name = save(storage)
    assert name == "albums/2026/cat.jpg"
    assert storage.exists(name)
    assert storage.open(name).read() == b"meow"
    assert storage.open(name, "r").read() == "meow"
    assert storage.size(name) == 4
    assert abs((storage.get_modified_time(name) - storage.get_created_time(name)).total_seconds()) < 1
    row = StoredFile.objects.get()
    assert (row.content_type, len(row.sha256), parse_file_id(row.file_id).size) == ("image/jpeg", 64, 4)


def test_a_taken_name_gets_a_suffix_as_in_any_storage_of_django(storage):
    save(storage)
    second = save(storage, content=b"purr")
    assert second.startswith("albums/2026/cat_")
    assert second.endswith(".jpg")
    assert storage.open("albums/2026/cat.jpg").read() == b"meow"
    assert storage.open(second).read() == b"purr"


def test_a_path_is_a_name_in_every_question(storage):
    path = Path("albums") / "cat.jpg"
    assert not storage.exists(path)
    storage.save(path, ContentFile(b"meow"))
    assert (storage.exists(path), storage.size(path), storage.open(path).read()) == (True, 4, b"meow")
    assert storage.url(path)
    storage.delete(path)
    assert not storage.exists(path)


def test_names_differ_in_case_accents_and_a_space_at_the_end(storage):
    for name in ("a.txt", "A.txt", "á.txt", "文件.txt", "a.txt "):
        assert save(storage, name, name.encode()) == name
    assert storage.open("A.txt").read() == b"A.txt"
    assert storage.open("a.txt ").read() == b"a.txt "
    assert storage.listdir("")[1] == ["A.txt", "a.txt", "a.txt ", "á.txt", "文件.txt"]
    assert not storage.exists("A.txt ")


def test_a_name_is_cut_to_what_fits(storage):
    save(storage, "cat.jpg")
    assert len(storage.save("cat.jpg", ContentFile(b"x"), max_length=14)) <= 14
    assert len(save(storage, "x" * 300 + ".jpg")) == 255
    with pytest.raises(SuspiciousFileOperation):
        storage.save("longer.jpg", ContentFile(b"x"), max_length=3)


def test_a_name_that_has_to_be_kept_whole_is_refused_where_it_does_not_fit(storage, held):
    with pytest.raises(SuspiciousFileOperation), storage.open("x" * 256, "wb") as file:
        file.write(b"meow")
    content = ContentFile(b"meow")
    content.content_type = "text/" + "x" * 300
    assert storage.open(storage.save("no-extension", content)).read() == b"meow"
    throw_away()
    assert held() == StoredFile.objects.count() == 1


@pytest.mark.parametrize("name", ["../a.txt", "a/../../b.txt", "..\\a.txt", "a\x00.txt", "a\udcff.txt"])
def test_a_name_that_would_escape_or_that_no_database_keeps_is_refused(storage, name):
    with pytest.raises(SuspiciousFileOperation):
        save(storage, name)
    with pytest.raises(SuspiciousFileOperation):
        storage.exists(name)


def test_no_file_is_saved_under_a_name_that_is_taken_for_a_file_id(storage, held):
    file_id = storage.file_id(save(storage))
    for name in (file_id, f"./{file_id}", file_id[:-4] + ".png"):
        with pytest.raises(SuspiciousFileOperation):
            save(storage, name)
    with pytest.raises(SuspiciousFileOperation), storage.open(file_id, "wb") as file:
        file.write(b"new")
    assert (held(), storage.open(file_id).read()) == (1, b"meow")


def test_locations_keep_the_files_of_two_storages_apart(storage):
    thumbs = NamedFastDFSStorage(location="thumbs")
    assert save(storage, "a.txt", b"large") == save(thumbs, "a.txt", b"small") == "a.txt"
    assert (storage.open("a.txt").read(), thumbs.open("a.txt").read()) == (b"large", b"small")
    assert thumbs.listdir("") == ([], ["a.txt"])
    assert list(thumbs.walk()) == ["a.txt"]
    assert storage.listdir("") == (["thumbs"], ["a.txt"])


def test_a_folder_lists_its_folders_and_files(storage):
    for name in (
        "a.txt",
        "albums/b.txt",
        "albums/2026/c.txt",
        "albums/2026/deep/d.txt",
        "albums2/e.txt",
        "al_ums/f.txt",
    ):
        save(storage, name)
    assert storage.listdir("") == (["al_ums", "albums", "albums2"], ["a.txt"])
    assert storage.listdir("albums") == storage.listdir("albums/") == (["2026"], ["b.txt"])
    assert storage.listdir("albums/2026") == (["deep"], ["c.txt"])
    assert storage.listdir("nowhere") == ([], [])


def test_a_missing_name_is_a_missing_file(storage):
    assert not storage.exists("a.txt")
    for question in (storage.open, storage.size, storage.get_modified_time, storage.get_created_time):
        with pytest.raises(FileNotFoundError):
            question("a.txt")
    storage.delete("a.txt")
    assert storage.url("a.txt") == "/site/media/a.txt"


def test_a_file_id_is_a_name_as_in_the_storage_without_names(storage, own_tracker):
    file_id = FastDFSClient([own_tracker]).upload(b"from before")
    assert storage.exists(file_id)
    assert storage.open(file_id).read() == b"from before"
    assert storage.size(file_id) == 11
    assert storage.url(file_id) == f"/site/media/{file_id}"
    storage.delete(file_id)
    assert not storage.exists(file_id)


def test_a_file_is_replaced_where_that_is_allowed(storage, held):
    replacing = NamedFastDFSStorage(allow_overwrite=True, lookup_seconds=0)
    assert save(replacing) == save(replacing, content=b"purr")
    assert replacing.open("albums/2026/cat.jpg").read() == b"purr"
    assert held() == 1


def test_a_file_is_written_by_opening_it(storage, held):
    with storage.open("notes/a.txt", "w") as file:
        file.write("first 新鲜")
    with storage.open("notes/a.txt", "wb") as file:
        file.write(b"second")
    assert storage.open("notes/a.txt").read() == b"second"
    with suppress(RuntimeError), storage.open("notes/a.txt", "wb") as file:
        file.write(b"half")
        raise RuntimeError
    assert storage.open("notes/a.txt").read() == b"second"
    assert held() == 1


@pytest.mark.parametrize("mode", ["ab", "r+b", "xb", "rb+", "w+"])
def test_a_mode_that_is_neither_reading_nor_writing_anew_is_refused(storage, mode):
    save(storage, "a.txt")
    with pytest.raises(ValueError, match="cannot be opened with mode"):
        storage.open("a.txt", mode)


def test_a_file_with_a_name_is_not_deleted_by_its_id(storage):
    file_id = storage.file_id(save(storage, "a.txt"))
    storage.delete(file_id)
    assert storage.open("a.txt").read() == b"meow"
    storage.delete("a.txt")
    assert not storage.exists(file_id)


def test_a_name_that_is_asked_for_while_another_file_is_saved_is_free(storage):
    """A thumbnail library asks for names in the middle of a save."""
    save(storage, "a.txt")

    def content():
        yield storage.get_available_name("a.txt").encode()

    asking = ContentFile(b"")
    asking.chunks = content
    save(storage, "b.txt")
    assert storage.open(storage.save("c.txt", asking)).read() != b"a.txt"


def test_a_variant_is_replaced_where_files_may_be(storage):
    replacing = NamedFastDFSStorage(lookup_seconds=0, allow_overwrite=True)
    save(replacing, "cat.jpg")
    for content in (b"tiny", b"tinier"):
        assert replacing.save_variant("cat.jpg", "_small", ContentFile(content)) == "cat_small.jpg"
    assert replacing.open("cat_small.jpg").read() == b"tinier"


def test_a_variant_that_was_deleted_is_saved_again_before_its_file_is_gone(storage):
    later = NamedFastDFSStorage(lookup_seconds=60)
    save(later, "cat.jpg")
    for content in (b"tiny", b"tinier"):
        assert later.save_variant("cat.jpg", "_small", ContentFile(content)) == "cat_small.jpg"
        assert later.open("cat_small.jpg").read() == content
        later.delete("cat_small.jpg")


@pytest.mark.parametrize("prefix", ["_small", "_小图 for the front page"])
def test_a_variant_is_a_slave_file_with_a_name(storage, prefix):
    save(storage)
    name = storage.save_variant("albums/2026/cat.jpg", prefix, ContentFile(b"tiny"))
    assert name == f"albums/2026/cat{prefix}.jpg"
    assert storage.open(name).read() == b"tiny"
    master, slave = StoredFile.objects.order_by("pk").values_list("file_id", flat=True)
    assert re.fullmatch(master.replace(".jpg", r"_\w+\.jpg"), slave)


def test_equal_content_is_stored_once_and_goes_with_its_last_name(storage, held):
    sharing = NamedFastDFSStorage(deduplicate=True, lookup_seconds=0)
    save(sharing, "a.txt", b"same")
    save(sharing, "b.txt", b"same")
    save(sharing, "c.txt", b"else")
    assert held() == 2
    sharing.delete("a.txt")
    assert (held(), sharing.open("b.txt").read()) == (2, b"same")
    sharing.delete("b.txt")
    assert held() == 1


# -- URLs --


def test_a_url_names_the_file_id_or_the_name(storage):
    save(storage, "小猫/a b.jpg")
    file_id = StoredFile.objects.get().file_id
    assert storage.url("小猫/a b.jpg") == f"/site/media/{file_id}"
    assert storage.url("小猫/a b.jpg", filename="小猫.jpg").endswith("?filename=%E5%B0%8F%E7%8C%AB.jpg")
    by_name = NamedFastDFSStorage(url_by_name=True, base_url="/m/")
    assert by_name.url("小猫/a b.jpg") == "/m/%E5%B0%8F%E7%8C%AB/a%20b.jpg"


def test_a_url_is_looked_up_once_and_again_after_a_change(storage):
    storage = NamedFastDFSStorage(allow_overwrite=True, lookup_seconds=60)
    save(storage)
    first = storage.url("albums/2026/cat.jpg")
    with CaptureQueriesContext(connection) as queries:
        assert [storage.url("albums/2026/cat.jpg") for _ in range(5)] == [first] * 5
    assert len(queries) == 0
    save(storage, content=b"purr")
    assert storage.url("albums/2026/cat.jpg") != first
    storage.delete("albums/2026/cat.jpg")
    assert not is_file_id(storage.url("albums/2026/cat.jpg").removeprefix("/site/media/"))


def test_what_a_transaction_did_is_remembered_by_nobody_before_its_commit(storage):
    storage = NamedFastDFSStorage(allow_overwrite=True, lookup_seconds=60)
    save(storage)
    first = storage.url("albums/2026/cat.jpg")
    with transaction.atomic():
        save(storage, content=b"purr")
        inside = storage.url("albums/2026/cat.jpg")
        transaction.set_rollback(True)
    assert inside != first
    assert storage.url("albums/2026/cat.jpg") == first


def test_a_file_that_may_still_be_looked_at_waits_for_its_deletion(storage, held):
    storage = NamedFastDFSStorage(lookup_seconds=60)
    save(storage)
    storage.delete("albums/2026/cat.jpg")
    assert (drain(storage.rows, storage.engine), held()) == (0, 1)
    StoredFile.objects.update(delete_after=timezone.now() - timedelta(seconds=1))
    assert (drain(storage.rows, storage.engine), held()) == (1, 0)
    assert not StoredFile.objects.exists()


# -- statements --


def test_each_operation_is_one_statement(storage):
    save(storage)
    for question in (
        lambda: storage.exists("albums/2026/cat.jpg"),
        lambda: storage.exists("nothing"),
        lambda: storage.open("albums/2026/cat.jpg").read(),
        lambda: storage.size("albums/2026/cat.jpg"),
        lambda: storage.get_modified_time("albums/2026/cat.jpg"),
        lambda: storage.listdir("albums"),
        lambda: storage.url("albums/2026/cat.jpg"),
    ):
        with CaptureQueriesContext(connection) as queries:
            question()
        assert len(queries) == 1, queries.captured_queries


def test_a_save_is_an_insert_in_a_transaction_too(storage):
    with CaptureQueriesContext(connection) as queries:
        save(storage)
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            save(storage, "other.jpg")
        assert [query["sql"].split()[0] for query in queries] == ["INSERT"]


def test_a_name_that_is_taken_is_asked_for_only_then(storage):
    save(storage)
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            save(storage)
        first, *asked, last = (query["sql"].split()[0] for query in queries)
        assert (first, set(asked), last) == ("INSERT", {"SELECT"}, "INSERT")


def test_a_deletion_is_one_statement_in_its_transaction(storage):
    save(storage)
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            storage.delete("albums/2026/cat.jpg")
        assert [query["sql"].split()[0] for query in queries] == ["UPDATE"]


# -- transactions --


def test_a_rolled_back_save_leaves_neither_row_nor_file(storage, held):
    with suppress(RuntimeError), transaction.atomic():
        save(storage)
        assert storage.exists("albums/2026/cat.jpg")
        raise RuntimeError
    assert not storage.exists("albums/2026/cat.jpg")
    assert not StoredFile.objects.exists()
    throw_away()
    assert held() == 0


def test_a_rolled_back_savepoint_loses_its_own_files_only(storage, held):
    with transaction.atomic():
        save(storage, "a.txt")
        with suppress(RuntimeError), transaction.atomic():
            save(storage, "b.txt")
            raise RuntimeError
    throw_away()
    assert storage.listdir("") == ([], ["a.txt"])
    assert held() == 1


def test_a_rolled_back_deletion_leaves_the_file(storage, held):
    save(storage)
    with transaction.atomic():
        storage.delete("albums/2026/cat.jpg")
        assert not storage.exists("albums/2026/cat.jpg")
        transaction.set_rollback(True)
    throw_away()
    drain(storage.rows, storage.engine)
    assert storage.open("albums/2026/cat.jpg").read() == b"meow"


def test_a_committed_deletion_takes_the_file_and_nothing_goes_before(storage, held):
    save(storage)
    with transaction.atomic():
        storage.delete("albums/2026/cat.jpg")
        assert held() == 1
    assert held() == 0
    assert not StoredFile.objects.exists()


def test_a_model_row_and_its_file_live_and_die_together(storage, held, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage"},
    }
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "LOOKUP_SECONDS": 0}
    with suppress(RuntimeError), transaction.atomic():
        Picture.objects.create(file=ContentFile(b"x", name="cat.jpg"))
        raise RuntimeError
    picture = Picture.objects.create(file=ContentFile(b"x", name="cat.jpg"))
    assert picture.file.name == f"pictures/{time.strftime('%Y')}/cat.jpg"
    assert picture.file.read() == b"x"
    assert held() == 1
    assert default_storage.exists(picture.file.name)


def test_a_cluster_that_is_down_loses_no_deletion(storage, held, settings):
    save(storage)
    there = settings.FDFS_STORAGE
    settings.FDFS_STORAGE = {"TRACKERS": ["127.0.0.1:1"]}
    storage.delete("albums/2026/cat.jpg")
    assert not storage.exists("albums/2026/cat.jpg")
    with pytest.raises(FastDFSError):
        save(storage, "b.txt")
    settings.FDFS_STORAGE = there
    assert held() == 1
    StoredFile.objects.update(delete_after=timezone.now() - timedelta(seconds=1))
    assert drain(storage.rows, storage.engine) == 1
    assert held() == 0


def test_a_cluster_that_is_down_at_a_rollback_is_asked_again(storage, held, monkeypatch):
    with transaction.atomic():
        save(storage)
        transaction.set_rollback(True)
    monkeypatch.setattr("django_fdfs_storage.named.drain.PAUSE_SECONDS", 0)
    monkeypatch.setattr(FastDFSClient, "delete", lambda *_: (_ for _ in ()).throw(FastDFSError("down")))
    throw_away()
    monkeypatch.undo()
    assert held() == 1
    throw_away()
    assert held() == 0


def test_of_two_at_once_each_gets_a_name(storage, held, monkeypatch):
    """The name is taken, and between the question for another one and the insert somebody takes that too."""
    save(storage)
    exists = NamedFastDFSStorage.exists

    def exists_and_be_overtaken(self, name):
        answer = exists(self, name)
        monkeypatch.undo()
        if not answer:
            save(NamedFastDFSStorage(), name, b"faster")
        return answer

    for inside in (True, False):
        monkeypatch.setattr(NamedFastDFSStorage, "exists", exists_and_be_overtaken)
        if inside:
            with transaction.atomic():
                name = save(storage)
        else:
            name = save(storage)
        assert name.startswith("albums/2026/cat_")
        assert storage.open(name).read() == b"meow"
    throw_away()
    assert held() == StoredFile.objects.count()
