"""FastDFSStorage as a Django site configures and uses it."""

import copy
import io
import pickle
import time
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage, storages
from django.db.migrations.writer import MigrationWriter
from django.test import override_settings
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.exceptions import BadReply, NoStorageAvailable
from django_fdfs_storage.fdfs_client_py3 import FdfsClientPy3
from django_fdfs_storage.names import is_file_id
from django_fdfs_storage.storage import FastDFSStorage
from django_fdfs_storage.testing import MISSING as NAME

# -- configuration --


def test_an_unknown_option_is_named_with_the_one_that_was_meant():
    with pytest.raises(ImproperlyConfigured, match=r"'tracker' in OPTIONS. Did you mean 'trackers'"):
        FastDFSStorage(tracker=["a:1"])


def test_a_storage_without_trackers_says_so_at_its_first_use(settings):
    settings.FDFS_STORAGE = {}
    storage = FastDFSStorage()
    assert storage.url(NAME)
    with pytest.raises(ImproperlyConfigured, match="knows no tracker"):
        storage.exists(NAME)


heard: list[str] = []


def hear(name, _value, _attributes):
    heard.append(name)


def test_metrics_are_named_by_their_path(tracker):
    heard.clear()
    assert not FastDFSStorage(trackers=[tracker], metrics=f"{__name__}.hear").exists(NAME)
    assert "fastdfs.client.operation.duration" in heard


def test_the_other_engine_takes_the_options_of_the_client():
    kind = "django_fdfs_storage.fdfs_client_py3.FdfsClientPy3"
    storage = FastDFSStorage(engine=kind, trackers=["a:1"], metrics=f"{__name__}.hear")
    assert isinstance(storage.engine, FdfsClientPy3)


def test_options_come_before_the_site_settings(settings, tracker):
    settings.FDFS_STORAGE = {"TRACKERS": ["127.0.0.1:1"], "BASE_URL": "http://site/"}
    storage = FastDFSStorage(trackers=[tracker])
    assert storage.exists(storage.save("a.txt", ContentFile(b"x")))
    assert storage.url(NAME) == f"http://site/{NAME}"
    assert FastDFSStorage(base_url="http://mine").url(NAME) == f"http://mine/{NAME}"


def test_the_storages_setting_builds_a_storage(settings, tracker):
    settings.STORAGES = {
        **settings.STORAGES,
        "pictures": {
            "BACKEND": "django_fdfs_storage.storage.FastDFSStorage",
            "OPTIONS": {"trackers": [tracker], "base_url": "/p/"},
        },
    }
    storage = storages["pictures"]
    name = storage.save("a.txt", ContentFile(b"x"))
    assert storage.url(name) == f"/p/{name}"


def test_changed_settings_hold_at_once(tracker):
    storage = FastDFSStorage()
    name = storage.save("a.txt", ContentFile(b"x"))
    with override_settings(FDFS_STORAGE={"TRACKERS": ["127.0.0.1:1"], "BASE_URL": "http://other"}):
        assert storage.url(name).startswith("http://other/")
        with pytest.raises(OSError, match="no tracker answered"):
            storage.exists(name)
    assert storage.exists(name)
    assert default_storage.exists(name)


def test_the_settings_of_home_made_backends_are_understood(settings, tracker, tmp_path):
    conf = tmp_path / "client.conf"
    conf.write_bytes(
        "\ufeffconnect_timeout=3\n# ".encode()
        + "连接超时 tracker_server=x:1".encode("gbk")
        + b"\nnetwork_timeout = 20\nbase_path=/tmp\n"
        + f"tracker_server=127.0.0.1:1\ntracker_server = {tracker}\n".encode()
    )
    del settings.FDFS_STORAGE
    settings.FDFS_CLIENT_CONF = str(conf)
    settings.FDFS_URL = "http://files.example:8888"
    storage = FastDFSStorage()
    name = storage.save("a.txt", ContentFile(b"moved over"))
    assert storage.open(name).read() == b"moved over"
    assert storage.url(name) == f"http://files.example:8888/{name}"
    assert (storage.options.connect_timeout, storage.options.network_timeout) == (3, 20)


def test_a_client_conf_that_is_changed_is_read_again(settings, tracker, tmp_path):
    conf = tmp_path / "client.conf"
    conf.write_text("tracker_server=a:1\n")
    storage = FastDFSStorage(client_conf=conf)
    settings.FDFS_STORAGE = {}
    assert storage.options.trackers == ("a:1",)
    time.sleep(0.01)
    conf.write_text("tracker_server=b:1\n")
    assert storage.options.trackers == ("b:1",)


@pytest.mark.parametrize("content", [None, "connect_timeout=soon\ntracker_server=a:1\n"])
def test_an_unreadable_client_conf_is_a_configuration_error(settings, tmp_path, content):
    settings.FDFS_STORAGE = {}
    conf = tmp_path / "client.conf"
    if content:
        conf.write_text(content)
    with pytest.raises(ImproperlyConfigured, match=r"client\.conf"):
        FastDFSStorage(client_conf=conf).exists(NAME)


def test_a_storage_is_written_into_migrations():
    text, imports = MigrationWriter.serialize(FastDFSStorage(group="group1", trackers=["a:1"]))
    assert text == "django_fdfs_storage.storage.FastDFSStorage(group='group1', trackers=['a:1'])"
    assert imports == {"import django_fdfs_storage.storage"}


def test_a_storage_is_copied_and_pickled_in_use(tracker):
    storage = FastDFSStorage(trackers=[tracker])
    name = storage.save("a.txt", ContentFile(b"x"))
    for twin in (copy.deepcopy(storage), pickle.loads(pickle.dumps(storage))):
        assert twin.open(name).read() == b"x"
        assert twin.engine is storage.engine


def test_the_group_of_uploads_can_be_chosen(tracker):
    assert FastDFSStorage(group="group1").save("a.txt", ContentFile(b"x")).startswith("group1/")
    with pytest.raises(NoStorageAvailable):
        FastDFSStorage(group="nogroup").save("a.txt", ContentFile(b"x"))


# -- names --


def test_a_name_that_would_escape_is_refused_as_by_any_storage():
    with pytest.raises(SuspiciousFileOperation):
        default_storage.save("../a.txt", ContentFile(b"x"))


def test_a_long_upload_name_does_not_matter():
    name = default_storage.save("x" * 300 + ".jpg", ContentFile(b"x"), max_length=100)
    assert len(name) < 100
    assert name.endswith(".jpg")


def test_a_path_is_a_name():
    assert default_storage.save(Path("albums") / "a.jpg", ContentFile(b"x")).endswith(".jpg")


@pytest.mark.parametrize(("group", "longest"), [(None, 77), ("group1", 67)])
def test_a_name_that_may_not_fit_is_refused_before_the_upload(group, longest, monkeypatch):
    storage = FastDFSStorage(group=group)
    assert len(storage.save("a.jpg", ContentFile(b"x"), max_length=longest)) <= longest
    monkeypatch.setattr(FastDFSStorage, "_save", lambda *_: pytest.fail("it was uploaded"))
    with pytest.raises(SuspiciousFileOperation, match="characters"):
        storage.save("a.jpg", ContentFile(b"x"), max_length=longest - 1)


def test_a_storage_has_no_paths_and_no_directories():
    for question in (default_storage.path, default_storage.listdir, default_storage.get_accessed_time):
        with pytest.raises(NotImplementedError):
            question(NAME)


# -- content --


def test_a_failing_source_stores_nothing_and_shows_its_own_error():
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            if size == 0:
                return b""
            raise OSError("the disk is gone")

        def readable(self) -> bool:
            return True

    with pytest.raises(OSError, match="the disk is gone"):
        default_storage.save("a.txt", File(Broken()))
    assert default_storage.open(default_storage.save("a.txt", ContentFile(b"next"))).read() == b"next"


@pytest.mark.parametrize("size", [None, 6])
def test_content_that_only_gives_chunks_is_saved(size):
    class Parts:
        def chunks(self):
            yield from (b"one", b"two")

    parts = Parts()
    if size:
        parts.size = size
    assert default_storage.open(default_storage.save("a.txt", parts)).read() == b"onetwo"


def test_a_plain_file_object_is_saved(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"from disk")
    with (tmp_path / "a.txt").open("rb") as content:
        assert default_storage.open(default_storage.save("a.txt", content)).read() == b"from disk"


def test_a_text_file_is_stored_as_utf8(tmp_path):
    (tmp_path / "a.txt").write_text("新鲜", encoding="utf-8")
    with (tmp_path / "a.txt").open(encoding="utf-8") as content:
        assert default_storage.open(default_storage.save("a.txt", content)).read().decode() == "新鲜"


# -- times --


def test_times_follow_use_tz(settings):
    name = default_storage.save("a.txt", ContentFile(b"x"))
    naive = default_storage.get_created_time(name)
    settings.USE_TZ = True
    aware = default_storage.get_created_time(name)
    assert (naive.tzinfo, aware.tzinfo) == (None, UTC)
    assert naive.astimezone(UTC) == aware
    assert abs(datetime.now(UTC) - default_storage.get_modified_time(name)).total_seconds() < 5


# -- URLs --


def test_the_media_url_is_the_default():
    assert FastDFSStorage().url(NAME) == f"/site/media/{NAME}"


def test_groups_have_base_urls_of_their_own():
    storage = FastDFSStorage(base_url={"group1": "http://one", "*": "http://rest/"})
    assert storage.url(NAME) == f"http://one/{NAME}"
    assert storage.url(NAME.replace("group1", "g2")) == f"http://rest/{NAME.replace('group1', 'g2')}"


def test_the_base_url_can_be_asked_for_as_that_of_djangos_storages(settings):
    assert FastDFSStorage().base_url == settings.MEDIA_URL
    assert FastDFSStorage(base_url={"group1": "http://one", "*": "http://rest"}).base_url == "http://rest/"


def test_a_group_without_a_base_url_is_a_configuration_error():
    with pytest.raises(ImproperlyConfigured, match="'group1'"):
        FastDFSStorage(base_url={"group2": "http://two"}).url(NAME)


def test_names_of_an_earlier_storage_still_have_urls():
    assert FastDFSStorage(base_url="/m").url("/avatars/小 猫.jpg") == "/m/avatars/%E5%B0%8F%20%E7%8C%AB.jpg"


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_has_no_url(name):
    with pytest.raises(ValueError, match="not accessible"):
        FastDFSStorage().url(name)


def test_without_a_base_url_no_file_has_a_url(settings):
    settings.MEDIA_URL = None
    with pytest.raises(ValueError, match="not accessible"):
        FastDFSStorage().url(NAME)


def test_a_download_name_is_quoted():
    assert (
        FastDFSStorage(base_url="/")
        .url(NAME, filename="账单 1&2.pdf")
        .endswith("?filename=%E8%B4%A6%E5%8D%95%201%262.pdf")
    )


def test_a_download_name_brings_no_header_of_its_own():
    """The nginx module writes it into a header as it is, new lines and all."""
    url = FastDFSStorage(base_url="/").url(NAME, filename="cat.jpg\r\nSet-Cookie: a=b\0")
    assert parse_qs(urlsplit(url).query)["filename"] == ["cat.jpgSet-Cookie: a=b"]


def test_a_token_is_the_one_of_the_nginx_module():
    storage = FastDFSStorage(base_url="http://f", token_secret="key", token_ttl=900)
    query = parse_qs(urlsplit(storage.url(NAME, filename="a.txt")).query)
    (timestamp,) = query["ts"]
    assert abs(int(timestamp) - time.time()) < 3
    path = NAME.partition("/")[2]
    assert query["token"] == [md5(f"{path}key{timestamp}".encode()).hexdigest()]
    assert query["filename"] == ["a.txt"]


def test_a_shorter_life_of_a_token_is_an_earlier_time():
    storage = FastDFSStorage(token_secret="key", token_ttl=900)
    (timestamp,) = parse_qs(urlsplit(storage.url(NAME, expires_in=60)).query)["ts"]
    assert abs(int(timestamp) + 900 - 60 - time.time()) < 3
    (timestamp,) = parse_qs(urlsplit(storage.url(NAME, expires_in=5000)).query)["ts"]
    assert abs(int(timestamp) - time.time()) < 3


# -- a model --


@pytest.mark.django_db
def test_a_model_field_stores_reads_and_shows_its_file():
    from minisite.models import Picture

    picture = Picture(title="cat")
    picture.file.save("cat.jpg", ContentFile(b"meow"))
    again = Picture.objects.get()
    assert is_file_id(again.file.name)
    assert again.file.read() == b"meow"
    assert again.file.size == 4
    assert again.file.url == f"/site/media/{again.file.name}"
    again.file.close()
    with again.file.open() as file:
        assert file.read() == b"meow"
    again.file.delete()
    assert not default_storage.exists(picture.file.name)


def test_a_file_whose_end_does_not_come_is_an_error(client, monkeypatch):
    storage = FastDFSStorage()
    name = storage.save("a.bin", ContentFile(b"x" * 3_000_000))
    download = FastDFSClient.download

    def cut(self, file_id, *, offset=0, length=None):
        return b"" if offset else download(self, file_id, offset=offset, length=length)

    monkeypatch.setattr(FastDFSClient, "download", cut)
    with pytest.raises(BadReply, match="3000000 bytes"):
        storage.open(name).read()
    with pytest.raises(BadReply, match="3000000 bytes"):
        list(client.stream(name))
