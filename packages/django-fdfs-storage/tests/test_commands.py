"""The commands of an operator: fdfs_check, fdfs_import, fdfs_gc."""

import io
import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django_fdfs_storage.client import FastDFSClient
from minisite.models import Article, Picture


def run(*arguments, **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(*arguments, stdout=out, stderr=err, no_color=True, **options)
    return out.getvalue(), err.getvalue()


# -- fdfs_check --


@pytest.fixture
def own_site(settings, own_server):
    settings.FDFS_STORAGE = {"TRACKERS": [own_server.tracker], "NETWORK_TIMEOUT": 2}
    return own_server


def test_a_healthy_cluster_passes_and_is_left_as_it_was(own_site):
    out, _ = run("fdfs_check", min_free=0)
    assert "All is well." in out
    for line in ("tracker 127.0.0.1", "group group1", "server 127.0.0.1", "write, read and delete in group1"):
        assert f"ok    {line}" in out
    assert not [path for path in own_site.disks["group1"].data.rglob("*") if path.is_file()]


def test_a_cluster_is_looked_at_without_writing(own_site):
    out, _ = run("fdfs_check", min_free=0, read_only=True)
    assert "write" not in out


def test_a_dead_tracker_fails_the_check(own_site, settings):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "TRACKERS": ["127.0.0.1:1", own_site.tracker]}
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 check failed"):
        call_command("fdfs_check", min_free=0, stdout=out)
    assert "FAIL  tracker 127.0.0.1:1" in out.getvalue()
    assert "ok    write, read and delete" in out.getvalue()


def test_little_space_fails_the_check(own_site):
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 check failed"):
        call_command("fdfs_check", min_free=100, stdout=out)
    assert "FAIL  group group1" in out.getvalue()


def test_a_dead_cluster_fails_the_check(own_site):
    own_site.stop()
    with pytest.raises(CommandError, match="2 checks failed"):
        run("fdfs_check")


def test_a_group_that_no_server_has_fails_the_check(own_site, settings):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "GROUP": "group7"}
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 check failed"):
        call_command("fdfs_check", min_free=0, stdout=out, no_color=True)
    assert "none is the GROUP of this storage, 'group7'" in out.getvalue()


def test_a_check_tells_its_findings_in_json(own_site):
    out, _ = run("fdfs_check", min_free=0, json=True)
    told = json.loads(out)
    kinds = ["tracker", "groups", "group", "servers", "server", "round trip"]
    assert (told["ok"], [each["check"] for each in told["checks"]]) == (True, kinds)
    assert told["checks"][4] == {
        "check": "server",
        "ok": True,
        "group": "group1",
        "host": "127.0.0.1",
        "port": own_site.storage_ports[0],
        "version": "6.16.1",
        "status": 7,
    }
    assert 0 < told["checks"][5]["seconds"] < 5
    own_site.stop()
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 checks failed"):
        call_command("fdfs_check", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], told["checks"][0]["ok"]) == (False, False)
    assert "Connection refused" in told["checks"][0]["error"]


def test_a_check_of_what_is_no_fastdfs_storage_says_so(settings):
    with pytest.raises(CommandError, match="'staticfiles' does not keep"):
        run("fdfs_check", storage="staticfiles")
    with pytest.raises(CommandError, match="no 'nowhere'"):
        run("fdfs_check", storage="nowhere")
    settings.FDFS_STORAGE = {}
    with pytest.raises(CommandError, match="knows no tracker"):
        run("fdfs_check")


# -- fdfs_import --


@pytest.fixture
def old_media(tmp_path) -> Path:
    media = tmp_path / "media"
    (media / "pictures").mkdir(parents=True)
    for number in range(3):
        (media / "pictures" / f"{number}.jpg").write_bytes(b"picture %d" % number)
        Picture.objects.create(file=f"pictures/{number}.jpg")
    return media


def contents() -> list[bytes]:
    return [picture.file.read() for picture in Picture.objects.order_by("pk") if picture.file]


@pytest.mark.django_db
def test_files_of_a_directory_move_over_with_their_names(old_media):
    out, _ = run("fdfs_import", from_dir=str(old_media))
    assert contents() == [b"picture 0", b"picture 1", b"picture 2"]
    assert all(picture.file.name.endswith(".jpg") for picture in Picture.objects.all())
    assert "minisite.Picture.file: 3 of 3 rows" in out
    assert "3 moved, 0 failed." in out


@pytest.mark.django_db
def test_what_has_moved_is_not_moved_again(old_media):
    run("fdfs_import", from_dir=str(old_media))
    names = list(Picture.objects.values_list("file", flat=True))
    out, _ = run("fdfs_import", from_dir=str(old_media))
    assert "0 moved, 0 failed." in out
    assert list(Picture.objects.values_list("file", flat=True)) == names


@pytest.mark.django_db
def test_files_of_another_storage_move_into_a_text_column(old_media, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "old": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": old_media}},
    }
    article = Article.objects.create(cover_name="pictures/1.jpg")
    Article.objects.create(cover_name=None)
    run("fdfs_import", "minisite.Article.cover_name", from_storage="old")
    article.refresh_from_db()
    assert default_storage.open(article.cover_name).read() == b"picture 1"
    assert Picture.objects.filter(file="pictures/1.jpg").exists()


@pytest.mark.django_db
def test_a_missing_file_is_reported_and_the_rest_moves(old_media):
    (old_media / "pictures" / "1.jpg").unlink()
    err = io.StringIO()
    with pytest.raises(CommandError, match="1 files could not be moved"):
        call_command("fdfs_import", from_dir=str(old_media), stdout=io.StringIO(), stderr=err)
    assert "pictures/1.jpg is not in the source" in err.getvalue()
    assert Picture.objects.filter(file="pictures/1.jpg").count() == 1
    (old_media / "pictures" / "1.jpg").write_bytes(b"found again")
    run("fdfs_import", from_dir=str(old_media))
    assert contents() == [b"picture 0", b"found again", b"picture 2"]


@pytest.mark.django_db
def test_a_journal_spares_a_second_upload(old_media, tmp_path, own_site):
    """Also when the command was killed between the upload and the row, or while it wrote."""
    journal = tmp_path / "journal"
    Picture.objects.create(file="pictures/0.jpg")
    run("fdfs_import", from_dir=str(old_media), journal=str(journal))
    assert len(stored(own_site)) == 3
    Picture.objects.filter(file=Picture.objects.order_by("pk")[0].file.name).update(file="pictures/0.jpg")
    journal.write_text(journal.read_text() + "pictures/9.jpg\tgroup1/M00/00")
    run("fdfs_import", from_dir=str(old_media), journal=str(journal))
    assert len(stored(own_site)) == 3
    assert contents() == [b"picture 0", b"picture 1", b"picture 2", b"picture 0"]
    assert len(journal.read_text().splitlines()) == 3


@pytest.mark.django_db
def test_a_row_that_changed_in_the_meantime_keeps_its_new_file(old_media, monkeypatch):
    from django_fdfs_storage.storage import FastDFSStorage

    save = FastDFSStorage.save

    def save_and_be_overtaken(self, name, content, **options):
        Picture.objects.filter(file="pictures/0.jpg").update(file="pictures/new.jpg")
        return save(self, name, content, **options)

    monkeypatch.setattr(FastDFSStorage, "save", save_and_be_overtaken)
    run("fdfs_import", "minisite.Picture.file", from_dir=str(old_media))
    assert Picture.objects.order_by("pk")[0].file.name == "pictures/new.jpg"


@pytest.mark.django_db
def test_a_dry_run_only_counts(old_media):
    out, _ = run("fdfs_import", from_dir=str(old_media), dry_run=True)
    assert "3 to move, 0 not in the source." in out
    (old_media / "pictures" / "1.jpg").unlink()
    out, err = run("fdfs_import", from_dir=str(old_media), dry_run=True)
    assert "2 to move, 1 not in the source." in out
    assert "pictures/1.jpg is not in the source" in err
    assert Picture.objects.filter(file__startswith="pictures/").count() == 3


@pytest.mark.django_db
def test_an_import_from_nowhere_says_so(tmp_path):
    with pytest.raises(CommandError, match="is no directory"):
        run("fdfs_import", from_dir=str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="nowhere"):
        run("fdfs_import", from_storage="nowhere")
    with pytest.raises(CommandError, match="is no column"):
        run("fdfs_import", "minisite.Nothing.file", from_dir=str(tmp_path))


# -- fdfs_gc --


def stored(server) -> list[str]:
    data = server.disks["group1"].data
    return [str(path) for path in sorted(data.rglob("*")) if path.is_file()]


@pytest.fixture
def used_and_unused(own_site, tmp_path) -> tuple[list[str], list[str], Path]:
    client = FastDFSClient([own_site.tracker])
    master = client.upload(b"large", extension="jpg")
    slave = client.upload_slave(master, "_small", b"small", extension="jpg")
    mentioned = client.upload(b"in text", extension="png")
    unused = client.upload(b"nobody", extension="png")
    client.set_metadata(unused, {"a": "b"})
    client.close()
    Picture.objects.create(file=master)
    Article.objects.create(text=f"Look at /media/{mentioned}.")
    listing = tmp_path / "listing"
    listing.write_text("\n".join(stored(own_site)))
    return [master, slave, mentioned], [unused], listing


@pytest.fixture
def references(settings, own_site):
    settings.FDFS_STORAGE = {**settings.FDFS_STORAGE, "REFERENCES": ["minisite.Article.text"]}


@pytest.mark.django_db
def test_unused_files_are_listed_and_nothing_happens(used_and_unused, references):
    used, unused, listing = used_and_unused
    out, err = run("fdfs_gc", str(listing), group="group1", min_age=-1)
    assert out.split() == unused
    assert "1 of 4 files are used by no row" in err
    assert all(default_storage.exists(name) for name in used + unused)


@pytest.mark.django_db
def test_unused_files_are_deleted_on_demand(used_and_unused, references):
    used, unused, listing = used_and_unused
    _, err = run("fdfs_gc", str(listing), group="group1", min_age=-1, delete=True)
    assert "1 deleted." in err
    assert all(default_storage.exists(name) for name in used)
    assert not default_storage.exists(unused[0])
    _, err = run("fdfs_gc", str(listing), group="group1", min_age=-1, delete=True)
    assert "0 deleted." in err


@pytest.mark.django_db
def test_young_files_are_spared(used_and_unused, references):
    _, _, listing = used_and_unused
    out, _ = run("fdfs_gc", str(listing), group="group1")
    assert out == ""


@pytest.mark.django_db
def test_a_binlog_tells_what_was_deleted_already(used_and_unused, references, tmp_path):
    used, unused, _ = used_and_unused
    gone = unused[0].replace(".png", ".gif")
    binlog = tmp_path / "binlog.000"
    lines = [f"1700000000 C {name.partition('/')[2]}" for name in [*used, *unused, gone]]
    binlog.write_text("\n".join([*lines, f"1700000001 d {gone.partition('/')[2]}", ""]))
    out, _ = run("fdfs_gc", str(binlog), group="group1", min_age=-1)
    assert out.split() == unused


@pytest.mark.django_db
def test_a_list_without_groups_needs_one(used_and_unused):
    _, _, listing = used_and_unused
    with pytest.raises(CommandError, match="--group"):
        run("fdfs_gc", str(listing))
    with pytest.raises(CommandError, match="cannot be read"):
        run("fdfs_gc", "/nowhere/list")


@pytest.mark.django_db
def test_a_site_without_columns_is_not_emptied(used_and_unused, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "fdfs": {"BACKEND": "django_fdfs_storage.storage.FastDFSStorage"},
    }
    _, _, listing = used_and_unused
    with pytest.raises(CommandError, match="No column refers"):
        run("fdfs_gc", str(listing), storage="fdfs", group="group1", delete=True)
