"""Contract suites: what an engine and a storage over it must do. They need pytest.

Subclass one and give the fixture that it names:

    class TestMyEngine(StorageContract):
        @pytest.fixture
        def storage(self):
            return FastDFSStorage(engine="my.Engine", trackers=[...])
"""

# ruff: noqa: S311 - tests assert, and their content may be guessed

import gzip
import io
import os
import pickle
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile

from .client import FastDFSClient
from .exceptions import InvalidFileId, NoStorageAvailable, NoSuchFile, Refused, WrongSize
from .names import parse_file_id
from .storage import FastDFSStorage

MISSING = "group1/M00/00/00/fwAAAmsDnW2AHp8HAAAACw1KEYU000.txt"


class ForwardOnly(io.RawIOBase):
    """Content that can be read once and knows nothing of its size, like a network stream."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._stream = io.BytesIO(content)

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        return self._stream.read(size)


class StorageContract:
    """What Django and its users may ask of a storage."""

    @pytest.fixture
    def storage(self) -> FastDFSStorage:
        """The storage under test; the subclass gives it."""
        raise NotImplementedError

    # -- save and open --

    def test_what_is_saved_is_read_back(self, storage: FastDFSStorage) -> None:
        content = random.randbytes(300_000)
        name = storage.save("photo.jpg", ContentFile(content))
        with storage.open(name) as file:
            assert file.read() == content

    def test_a_saved_name_is_a_file_id_in_text(self, storage: FastDFSStorage) -> None:
        name = storage.save("photo.jpg", ContentFile(b"x"))
        assert isinstance(name, str)
        assert str(parse_file_id(name)) == name

    def test_saving_the_same_name_twice_keeps_both_files(self, storage: FastDFSStorage) -> None:
        first = storage.save("photo.jpg", ContentFile(b"one"))
        second = storage.save("photo.jpg", ContentFile(b"two"))
        assert (storage.open(first).read(), storage.open(second).read()) == (b"one", b"two")

    def test_an_empty_file_is_saved_and_read_back(self, storage: FastDFSStorage) -> None:
        name = storage.save("empty.txt", ContentFile(b""))
        assert storage.size(name) == 0
        assert storage.open(name).read() == b""

    def test_text_content_is_stored_as_utf8(self, storage: FastDFSStorage) -> None:
        name = storage.save("note.txt", ContentFile("新鲜 fraîcheur"))
        assert storage.open(name).read().decode() == "新鲜 fraîcheur"
        assert storage.open(name, "r").read() == "新鲜 fraîcheur"

    def test_content_that_was_read_already_is_saved_from_its_start(self, storage: FastDFSStorage) -> None:
        content = ContentFile(b"validated before")
        content.read()
        assert storage.open(storage.save("a.txt", content)).read() == b"validated before"

    def test_content_that_can_be_read_once_is_saved(self, storage: FastDFSStorage) -> None:
        content = random.randbytes(100_000)
        name = storage.save("a.bin", File(ForwardOnly(content)))  # type: ignore[arg-type]
        assert storage.open(name).read() == content

    def test_a_form_upload_is_saved(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", SimpleUploadedFile("a.txt", b"from a form"))
        assert storage.open(name).read() == b"from a form"

    def test_a_file_that_claims_a_wrong_size_is_saved_whole(self, storage: FastDFSStorage, tmp_path: Path) -> None:
        with gzip.open(tmp_path / "a.gz", "wb") as packed:
            packed.write(b"0123456789" * 1000)
        with gzip.open(tmp_path / "a.gz") as content:
            name = storage.save("a.txt", File(content))  # type: ignore[arg-type]
        assert storage.open(name).read() == b"0123456789" * 1000

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("photo.JPG", ".jpg"),
            ("archive.tar.gz", ".gz"),
            ("no-extension", ""),
            ("page.文件", ""),
            ("what.is this", ""),
            ("film.torrent", ""),
            ("map.geojson", ".json"),
            ("a.b/c", ""),
        ],
    )
    def test_the_extension_survives_where_fastdfs_takes_it(
        self, storage: FastDFSStorage, given: str, kept: str
    ) -> None:
        name = storage.save(given, ContentFile(b"x"))
        assert os.path.splitext(name)[1] == kept

    def test_a_part_is_read_after_seek(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.bin", ContentFile(bytes(range(256)) * 10_000))
        with storage.open(name) as file:
            file.seek(1_000_001)
            assert file.read(3) == bytes([65, 66, 67])
            assert file.tell() == 1_000_004
            file.seek(-2, os.SEEK_END)
            assert file.read() == bytes([254, 255])
            assert file.read() == b""

    def test_a_file_is_iterated_in_lines_and_chunks(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"one\ntwo\nthree"))
        file = storage.open(name)
        assert list(file) == [b"one\n", b"two\n", b"three"]
        assert b"".join(file.chunks(4)) == b"one\ntwo\nthree"
        assert file.size == 13

    def test_a_closed_file_opens_again(self, storage: FastDFSStorage) -> None:
        file = storage.open(storage.save("a.txt", ContentFile(b"again")))
        file.close()
        assert file.closed
        assert file.open().read() == b"again"

    def test_opening_for_writing_is_refused(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"x"))
        with pytest.raises(ValueError, match="mode 'wb'"):
            storage.open(name, "wb")

    # -- what is missing --

    def test_a_missing_file_does_not_open(self, storage: FastDFSStorage) -> None:
        with pytest.raises(FileNotFoundError):
            storage.open(MISSING)

    def test_a_name_that_is_no_file_id_does_not_open(self, storage: FastDFSStorage) -> None:
        with pytest.raises(FileNotFoundError):
            storage.open("avatars/me.jpg")

    def test_existence_follows_save_and_delete(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"x"))
        assert storage.exists(name)
        storage.delete(name)
        assert not storage.exists(name)
        assert not storage.exists("avatars/me.jpg")

    def test_deleting_twice_is_no_error(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"x"))
        storage.delete(name)
        storage.delete(name)
        storage.delete("avatars/me.jpg")

    def test_deleting_no_name_is_an_error(self, storage: FastDFSStorage) -> None:
        with pytest.raises(ValueError, match="name"):
            storage.delete("")

    def test_an_unknown_group_is_no_missing_file(self, storage: FastDFSStorage) -> None:
        stranger = MISSING.replace("group1", "nogroup")
        with pytest.raises(OSError) as caught:
            storage.exists(stranger)
        assert not isinstance(caught.value, FileNotFoundError)

    # -- size and times --

    def test_the_size_is_in_bytes(self, storage: FastDFSStorage) -> None:
        assert storage.size(storage.save("a.bin", ContentFile(b"x" * 70_000))) == 70_000

    def test_a_missing_file_has_neither_size_nor_times(self, storage: FastDFSStorage) -> None:
        for question in (storage.size, storage.get_created_time, storage.get_modified_time):
            with pytest.raises(FileNotFoundError):
                question(MISSING)

    def test_times_are_those_of_the_upload(self, storage: FastDFSStorage) -> None:
        before = time.time() - 2
        name = storage.save("a.txt", ContentFile(b"x"))
        for moment in (storage.get_created_time(name), storage.get_modified_time(name)):
            assert before <= moment.timestamp() <= time.time() + 2

    # -- life in a process --

    def test_a_storage_travels_by_pickle(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"packed"))
        assert pickle.loads(pickle.dumps(storage)).open(name).read() == b"packed"  # noqa: S301

    def test_threads_share_a_storage(self, storage: FastDFSStorage) -> None:
        contents = [random.randbytes(20_000) for _ in range(32)]
        read: dict[int, bytes] = {}

        def work(start: int) -> None:
            for number in range(start, len(contents), 8):
                name = storage.save("a.bin", ContentFile(contents[number]))
                read[number] = storage.open(name).read()

        threads = [threading.Thread(target=work, args=(start,)) for start in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [read[number] for number in range(len(contents))] == contents

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore:This process")
    def test_a_fork_uses_connections_of_its_own(self, storage: FastDFSStorage) -> None:
        name = storage.save("a.txt", ContentFile(b"before"))
        child = os.fork()
        if child == 0:  # pragma: no cover
            code = 1
            try:
                mine = storage.save("b.txt", ContentFile(b"child"))
                good = storage.open(mine).read() == b"child" and storage.open(name).read() == b"before"
                code = 0 if good else 2
            finally:
                os._exit(code)
        assert storage.open(name).read() == b"before"
        assert storage.open(storage.save("c.txt", ContentFile(b"parent"))).read() == b"parent"
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class ClientContract:
    """What the client and a server must do together, command by command."""

    @pytest.fixture
    def client(self) -> FastDFSClient:
        """The client under test; the subclass gives it."""
        raise NotImplementedError

    def test_an_upload_says_size_time_and_checksum_in_its_id(self, client: FastDFSClient) -> None:
        file = parse_file_id(client.upload(b"hello world", extension="txt"))
        assert (file.size, file.crc32, file.appender) == (11, 0x0D4A1185, False)
        assert abs(file.created - time.time()) < 5
        assert len(file.path) == 44

    def test_the_server_computes_the_checksum_on_demand(self, client: FastDFSClient) -> None:
        name = client.upload(b"hello world")
        assert client.checksum(name).crc32 == 0x0D4A1185

    def test_information_names_size_and_source(self, client: FastDFSClient) -> None:
        name = client.upload(b"hello world")
        info = client.info(name)
        assert (info.size, info.source) == (11, parse_file_id(name).source)

    def test_streamed_content_arrives_whole(self, client: FastDFSClient) -> None:
        parts = [random.randbytes(size) for size in (1, 300_000, 0, 65_536, 7)]
        name = client.upload(iter(parts), size=sum(map(len, parts)))
        assert client.download(name) == b"".join(parts)

    @pytest.mark.parametrize("wrong", [-1, 1])
    def test_content_of_another_size_is_not_stored(self, client: FastDFSClient, wrong: int) -> None:
        with pytest.raises(WrongSize):
            client.upload(iter([b"x" * 100_000, b"y" * 100_000]), size=200_000 + wrong)
        assert client.download(client.upload(b"next")) == b"next"

    def test_content_that_fails_in_the_middle_is_not_stored(self, client: FastDFSClient) -> None:
        def broken() -> Iterator[bytes]:
            yield b"x" * 100_000
            raise RuntimeError("the disk is gone")

        with pytest.raises(RuntimeError, match="the disk"):
            client.upload(broken(), size=200_000)
        assert client.download(client.upload(b"next")) == b"next"

    def test_text_is_refused_before_it_is_stored(self, client: FastDFSClient) -> None:
        with pytest.raises(TypeError):
            client.upload(["text"], size=4)  # type: ignore[list-item]
        assert client.download(client.upload(b"next")) == b"next"

    @pytest.mark.parametrize("extension", ["", "a", "tar.gz", "JPEG", ".", "-m", "_"])
    def test_extensions_that_fastdfs_takes(self, client: FastDFSClient, extension: str) -> None:
        name = client.upload(b"x", extension=extension)
        assert client.download(name) == b"x"
        assert not extension or name.endswith(f".{extension}")

    @pytest.mark.parametrize("extension", ["a b", "a/b", "é", "+", "a~"])
    def test_extensions_that_fastdfs_refuses(self, client: FastDFSClient, extension: str) -> None:
        with pytest.raises(Refused) as caught:
            client.upload(b"x", extension=extension)
        assert caught.value.status == 22
        assert client.download(client.upload(b"next")) == b"next"

    def test_a_refused_large_upload_says_why(self, client: FastDFSClient) -> None:
        with pytest.raises(OSError, match=r"Invalid argument|lost|closed"):
            client.upload(b"x" * 20_000_000, extension="a b")
        assert client.download(client.upload(b"next")) == b"next"

    def test_an_extension_of_seven_letters_does_not_leave(self, client: FastDFSClient) -> None:
        with pytest.raises(ValueError, match="6 bytes"):
            client.upload(b"x", extension="torrent")

    # -- ranges --

    @pytest.mark.parametrize(
        ("offset", "length", "expected"),
        [
            (0, None, b"0123456789"),
            (3, None, b"3456789"),
            (3, 4, b"3456"),
            (9, 1, b"9"),
            (8, 100, b"89"),
            (10, 1, b""),
            (11, None, b""),
            (0, 0, b""),
        ],
    )
    def test_ranges(self, client: FastDFSClient, offset: int, length: int | None, expected: bytes) -> None:
        name = client.upload(b"0123456789")
        assert client.download(name, offset=offset, length=length) == expected
        assert b"".join(client.stream(name, offset=offset, length=length, block=3)) == expected

    def test_an_empty_file_is_downloaded(self, client: FastDFSClient) -> None:
        name = client.upload(b"")
        assert client.download(name) == b""
        assert list(client.stream(name)) == []
        assert client.info(name).size == 0

    # -- missing files and wrong names --

    def test_a_deleted_file_is_missing(self, client: FastDFSClient) -> None:
        name = client.upload(b"x")
        client.delete(name)
        questions: list[Any] = [client.download, client.info, client.delete, client.metadata]
        for question in questions:
            with pytest.raises(NoSuchFile) as caught:
                question(name)
            assert caught.value.filename == name

    def test_the_tracker_says_that_a_group_is_unknown(self, client: FastDFSClient) -> None:
        with pytest.raises(NoStorageAvailable):
            client.upload(b"x", group="nogroup")
        with pytest.raises(NoStorageAvailable):
            client.info(MISSING.replace("group1", "nogroup"))

    @pytest.mark.parametrize(
        "name", ["", "group1", "a.txt", "group1/M00/00/00/short.txt", "group1/M00/../00/" + "a" * 34, "b'group1/M00'"]
    )
    def test_what_is_no_file_id_does_not_leave(self, client: FastDFSClient, name: str) -> None:
        with pytest.raises(InvalidFileId):
            client.download(name)
        assert not client.exists(name)

    def test_a_store_path_that_is_not_there_is_refused(self, client: FastDFSClient) -> None:
        with pytest.raises(Refused) as caught:
            client.info(MISSING.replace("/M00/", "/M7F/"))
        assert caught.value.status == 22

    # -- metadata --

    def test_metadata_are_replaced_merged_and_removed(self, client: FastDFSClient) -> None:
        name = client.upload(b"x")
        assert client.metadata(name) == {}
        client.set_metadata(name, {"width": "800", "author": "张三"})
        assert client.metadata(name) == {"width": "800", "author": "张三"}
        client.set_metadata(name, {"width": "640", "b": "2"}, merge=True)
        assert client.metadata(name) == {"width": "640", "author": "张三", "b": "2"}
        client.set_metadata(name, {"only": "this"})
        assert client.metadata(name) == {"only": "this"}
        client.set_metadata(name, {})
        assert client.metadata(name) == {}

    def test_the_longest_metadata_survive_and_longer_ones_do_not_leave(self, client: FastDFSClient) -> None:
        name = client.upload(b"x")
        client.set_metadata(name, {"n" * 64: "v" * 256})
        assert client.metadata(name) == {"n" * 64: "v" * 256}
        for pair in ({"n" * 65: ""}, {"n": "v" * 257}, {"a\x01b": ""}, {"a": "\x02"}):
            with pytest.raises(ValueError, match="metadata"):
                client.set_metadata(name, pair)

    def test_metadata_of_a_missing_file_are_refused(self, client: FastDFSClient) -> None:
        with pytest.raises(NoSuchFile):
            client.set_metadata(MISSING, {"a": "b"})

    # -- appender and slave files --

    def test_an_appender_file_grows_changes_and_is_sealed(self, client: FastDFSClient) -> None:
        name = client.upload(b"hello", extension="log", appender=True)
        assert parse_file_id(name).appender
        client.append(name, b" world")
        client.modify(name, 0, b"J")
        client.modify(name, 11, b"!")
        assert client.download(name) == b"Jello world!"
        client.append(name, b"")
        client.modify(name, 3, b"")
        client.truncate(name, 5)
        client.truncate(name, 5)
        assert client.download(name) == b"Jello"
        sealed = client.seal(name)
        assert client.download(sealed) == b"Jello"
        assert not parse_file_id(sealed).appender
        assert not client.exists(name)

    def test_a_normal_file_does_not_change(self, client: FastDFSClient) -> None:
        name = client.upload(b"fixed")
        with pytest.raises(Refused) as caught:
            client.append(name, b"more")
        assert caught.value.status == 22
        assert client.download(name) == b"fixed"

    def test_a_change_behind_the_end_is_refused(self, client: FastDFSClient) -> None:
        name = client.upload(b"abc", appender=True)
        with pytest.raises(Refused) as caught:
            client.modify(name, 10, b"x")
        assert caught.value.status == 22
        assert client.download(name) == b"abc"

    def test_a_slave_file_is_named_after_its_master(self, client: FastDFSClient) -> None:
        master = client.upload(b"large", extension="jpg")
        slave = client.upload_slave(master, "_small", b"tiny", extension="jpg")
        assert slave == master.replace(".jpg", "_small.jpg")
        assert client.download(slave) == b"tiny"
        assert parse_file_id(slave).size is None
        bare = client.upload_slave(master, "_b", b"bare")
        assert bare == master.replace(".jpg", "_b")
        assert client.download(bare) == b"bare"
        with pytest.raises(Refused) as caught:
            client.upload_slave(master, "_small", b"other", extension="jpg")
        assert caught.value.status == 17
        assert client.download(slave) == b"tiny"

    def test_a_slave_of_a_missing_master_is_refused(self, client: FastDFSClient) -> None:
        with pytest.raises(NoSuchFile):
            client.upload_slave(MISSING, "_small", b"x", extension="txt")

    # -- the cluster --

    def test_a_tracker_lists_groups_and_servers(self, client: FastDFSClient) -> None:
        group = client.trackers.groups()[0]
        server = client.trackers.storages(group.name)[0]
        assert server.active
        assert server.port == group.storage_port
        assert 0 < group.free_mb <= group.total_mb
        name = client.upload(b"x", group=group.name)
        assert parse_file_id(name).group == group.name
        client.trackers.ping(client.trackers.addresses[0])
