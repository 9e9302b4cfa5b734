"""The ways into and out of the table of named files: fdfs_take, fdfs_give, fdfs_drain."""

import io
import os
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.named.models import StoredFile
from django_fdfs_storage.named.storage import NamedFastDFSStorage
from django_fdfs_storage.names import is_file_id
from django_fdfs_storage.storage import FastDFSStorage
from minisite.models import Picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(settings, tracker):
    settings.FDFS_STORAGE = {"TRACKERS": [tracker], "NETWORK_TIMEOUT": 10, "LOOKUP_SECONDS": 0}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django_fdfs_storage.named.storage.NamedFastDFSStorage"},
    }


@pytest.fixture
def media(tmp_path):
    names = {"a.txt": b"one", "albums/b.jpg": b"two", "albums/2026/c.jpg": b"three"}
    for name, content in names.items():
        path = tmp_path / "media" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path / "media"


def run(*arguments, **options) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out, no_color=True, **options)
    return out.getvalue()


def test_a_directory_is_taken_over_with_its_names_and_times(media):
    picture = Picture.objects.create(file="albums/b.jpg")
    assert "3 taken, 0 failed." in run("fdfs_take", from_dir=str(media))
    assert sorted(default_storage.walk()) == ["a.txt", "albums/2026/c.jpg", "albums/b.jpg"]
    assert picture.file.read() == b"two"
    assert default_storage.get_modified_time("a.txt").timestamp() == 1_700_000_000
    assert "0 taken, 0 failed." in run("fdfs_take", from_dir=str(media))


def test_what_has_changed_in_the_directory_is_taken_again(media):
    run("fdfs_take", from_dir=str(media))
    (media / "a.txt").write_bytes(b"changed")
    assert "1 taken, 0 failed." in run("fdfs_take", from_dir=str(media))
    assert default_storage.open("a.txt").read() == b"changed"


def test_what_was_replaced_by_as_many_bytes_is_moved_again(media, tmp_path):
    run("fdfs_take", from_dir=str(media))
    run("fdfs_give", to_dir=str(tmp_path / "back"))
    (media / "a.txt").write_bytes(b"eno")
    assert "1 taken, 0 failed." in run("fdfs_take", from_dir=str(media))
    assert default_storage.open("a.txt").read() == b"eno"
    assert "1 given, 0 failed." in run("fdfs_give", to_dir=str(tmp_path / "back"))
    assert (tmp_path / "back" / "a.txt").read_bytes() == b"eno"


def test_what_the_site_saved_after_it_was_taken_over_stays(media):
    run("fdfs_take", from_dir=str(media))
    default_storage.replace("a.txt", ContentFile(b"newer and longer"))
    assert "0 taken, 0 failed." in run("fdfs_take", from_dir=str(media))
    assert default_storage.open("a.txt").read() == b"newer and longer"


def test_everything_is_given_back_under_its_name_and_time(media, tmp_path):
    run("fdfs_take", from_dir=str(media))
    target = tmp_path / "back"
    assert "3 given, 0 failed." in run("fdfs_give", to_dir=str(target))
    there = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert there == {"a.txt": b"one", "albums/b.jpg": b"two", "albums/2026/c.jpg": b"three"}
    assert (target / "a.txt").stat().st_mtime == 1_700_000_000
    os.utime(target / "a.txt")  # as where the command was killed before it told the time
    assert "0 given, 0 failed." in run("fdfs_give", to_dir=str(target))
    assert (target / "a.txt").stat().st_mtime == 1_700_000_000
    assert "0 given, 0 failed." in run("fdfs_give", to_dir=str(target))


def stopped_at(number: int, monkeypatch, kind) -> None:
    """Somebody presses Ctrl-C while that file is opened."""
    opened, open_file = [], kind.open

    def open_until(self, name, mode="rb"):
        opened.append(name)
        if len(opened) == number:
            raise KeyboardInterrupt
        return open_file(self, name, mode)

    monkeypatch.setattr(kind, "open", open_until)


def test_a_take_over_that_was_interrupted_goes_on_where_it_was(media, monkeypatch):
    with monkeypatch.context() as interrupted:
        stopped_at(2, interrupted, FileSystemStorage)
        with pytest.raises(KeyboardInterrupt):
            run("fdfs_take", from_dir=str(media))
    first = StoredFile.objects.get()
    assert "2 taken, 0 failed." in run("fdfs_take", from_dir=str(media))
    assert sorted(default_storage.walk()) == ["a.txt", "albums/2026/c.jpg", "albums/b.jpg"]
    assert StoredFile.objects.get(pk=first.pk).file_id == first.file_id


def test_the_way_back_that_was_interrupted_goes_on_and_mends_a_half_file(media, tmp_path, monkeypatch):
    run("fdfs_take", from_dir=str(media))
    target = tmp_path / "back"
    target.mkdir()
    with monkeypatch.context() as interrupted:
        stopped_at(3, interrupted, NamedFastDFSStorage)
        with pytest.raises(KeyboardInterrupt):
            run("fdfs_give", to_dir=str(target))
    written = [path for path in target.rglob("*") if path.is_file()]
    assert len(written) == 2
    written[0].write_bytes(written[0].read_bytes()[:2])
    assert "2 given, 0 failed." in run("fdfs_give", to_dir=str(target))
    there = {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert there == {"a.txt": b"one", "albums/b.jpg": b"two", "albums/2026/c.jpg": b"three"}


def test_file_ids_in_rows_get_names_and_the_names_go_again():
    file_id = FastDFSStorage().save("cat.jpg", ContentFile(b"meow"))
    picture = Picture.objects.create(file=file_id)
    gone = Picture.objects.create(file=file_id[:-6] + ("00.jpg" if file_id[-6:-4] != "00" else "11.jpg"))
    with pytest.raises(CommandError, match="1 files could not be taken"):
        run("fdfs_take", from_ids=True)
    gone.delete()
    picture.refresh_from_db()
    assert picture.file.name.startswith("pictures/")
    assert not is_file_id(picture.file.name)
    assert picture.file.read() == b"meow"
    assert StoredFile.objects.get().file_id == file_id
    assert "1 given, 0 failed." in run("fdfs_give", to_ids=True)
    picture.refresh_from_db()
    assert picture.file.name == file_id


def test_names_come_back_after_they_were_ids(media):
    run("fdfs_take", from_dir=str(media))
    one, two = Picture.objects.create(file="albums/b.jpg"), Picture.objects.create(file="a.txt")
    names = sorted(default_storage.walk())
    run("fdfs_give", to_ids=True)
    assert all(is_file_id(picture.file.name) for picture in Picture.objects.all())
    assert "2 taken, 0 failed." in run("fdfs_take", from_ids=True)
    assert [Picture.objects.get(pk=each.pk).file.name for each in (one, two)] == ["albums/b.jpg", "a.txt"]
    assert sorted(default_storage.walk()) == names


def test_two_rows_that_share_a_file_get_a_name_each(settings):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "DEDUPLICATE": True}
    for name in ("a.txt", "b.txt"):
        Picture.objects.create(file=default_storage.save(name, ContentFile(b"same")))
    run("fdfs_give", to_ids=True)
    run("fdfs_take", from_ids=True)
    assert set(Picture.objects.values_list("file", flat=True)) == {"a.txt", "b.txt"}


def test_an_import_into_a_storage_with_names_is_refused_for_it_would_double_the_files(media):
    with pytest.raises(CommandError, match="use fdfs_take"):
        run("fdfs_import", from_dir=str(media))
    assert not StoredFile.objects.exists()


def test_a_check_finds_that_the_table_of_names_is_not_there(monkeypatch):
    assert "ok    table of names" in run("fdfs_check", min_free=0)
    monkeypatch.setattr(StoredFile._meta, "db_table", "not_migrated")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 check failed"), transaction.atomic():
        call_command("fdfs_check", min_free=0, stdout=out, no_color=True)
    assert "FAIL  table of names" in out.getvalue()
    assert "run migrate" in out.getvalue()


def meanwhile(monkeypatch, act) -> None:
    """Somebody acts while the content of the file is looked at."""
    download = FastDFSClient.download

    def look(self, *arguments, **options):
        monkeypatch.undo()
        act()
        return download(self, *arguments, **options)

    monkeypatch.setattr(FastDFSClient, "download", look)


@pytest.mark.parametrize("allow_overwrite", [False, True])
def test_a_row_gets_the_name_that_its_file_got(monkeypatch, settings, allow_overwrite):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "ALLOW_OVERWRITE": allow_overwrite}
    file_id = FastDFSStorage().save("cat.jpg", ContentFile(b"meow"))
    picture = Picture.objects.create(file=file_id)
    wanted = Picture._meta.get_field("file").generate_filename(picture, os.path.basename(file_id))
    meanwhile(monkeypatch, lambda: default_storage.save(wanted, ContentFile(b"of somebody else")))
    assert "1 taken, 0 failed." in run("fdfs_take", from_ids=True)
    picture.refresh_from_db()
    assert picture.file.name != wanted
    assert picture.file.read() == b"meow"


def test_a_row_that_got_another_file_meanwhile_is_not_taken_over(monkeypatch):
    picture = Picture.objects.create(file=FastDFSStorage().save("cat.jpg", ContentFile(b"meow")))
    meanwhile(monkeypatch, lambda: Picture.objects.update(file="pictures/another.jpg"))
    assert "0 taken, 0 failed." in run("fdfs_take", from_ids=True)
    picture.refresh_from_db()
    assert picture.file.name == "pictures/another.jpg"
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("lie", [lambda content: content[:-1], lambda content: content[::-1]], ids=["short", "other"])
def test_a_copy_that_is_not_the_file_is_not_given(media, tmp_path, monkeypatch, lie):
    run("fdfs_take", from_dir=str(media))
    download = FastDFSClient.download
    target = tmp_path / "back"
    with monkeypatch.context() as lying:
        lying.setattr(FastDFSClient, "download", lambda *given, **options: lie(download(*given, **options)))
        with pytest.raises(CommandError, match="3 files could not be given"):
            run("fdfs_give", to_dir=str(target))
    assert "3 given, 0 failed." in run("fdfs_give", to_dir=str(target))
    assert (target / "a.txt").read_bytes() == b"one"


@pytest.mark.django_db(transaction=True)
def test_what_was_let_go_of_is_drained():
    default_storage.save("a.txt", ContentFile(b"x"))
    file_id = StoredFile.objects.get().file_id
    StoredFile.objects.update(name=None, delete_after=timezone.now() - timedelta(seconds=1))
    assert "1 deleted." in run("fdfs_drain")
    assert "0 deleted." in run("fdfs_drain")
    assert not default_storage.exists(file_id)


def test_the_commands_want_a_storage_with_names(settings, media):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage"},
    }
    for command in ({"from_dir": str(media)}, {"from_ids": True}):
        with pytest.raises(CommandError, match="no NamedFastDFSStorage"):
            run("fdfs_take", **command)
