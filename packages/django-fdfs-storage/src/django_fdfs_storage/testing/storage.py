"""What a storage must do, whatever engine is under it."""

# ruff: noqa: S311 - tests assert, and their content may be guessed

import gzip
import io
import os
import pickle
import random
import threading
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import SimpleUploadedFile

from ..names import parse_file_id
from ..storage import FastDFSStorage

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
