"""What the client and a cluster must do together."""

# ruff: noqa: S311 - tests assert, and their content may be guessed

import random
import struct
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from ..client import FastDFSClient
from ..exceptions import InvalidFileId, NoStorageAvailable, NoSuchFile, Refused, WrongSize
from ..names import parse_file_id
from .storage import MISSING


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
        assert len(file.path) in (44, 60)  # the longer one inside a trunk

    def test_the_server_computes_the_checksum_on_demand(self, client: FastDFSClient) -> None:
        name = client.upload(b"hello world")
        assert client.checksum(name).crc32 == 0x0D4A1185

    def test_information_names_size_and_source(self, client: FastDFSClient) -> None:
        name = client.upload(b"hello world")
        info = client.info(name)
        assert info.size == 11
        # Not always the one in the id: a cluster with storage ids writes those there.
        assert ip_address(info.source)

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

    def test_a_file_in_a_trunk_is_not_called_missing_when_it_cannot_change(self, client: FastDFSClient) -> None:
        """A storage server says so, because such a file has no place of its own on its disk."""
        code = urlsafe_b64encode(struct.pack("!4sIQI", b"\x7f\0\0\1", 1700000000, 1 << 63 | 1 << 59 | 5, 0)).decode()
        name = f"group1/M00/00/00/{code.rstrip('=')}{'A' * 16}123.txt"
        for change in (
            lambda: client.append(name, b"x"),
            lambda: client.modify(name, 0, b"x"),
            lambda: client.truncate(name, 0),
            lambda: client.seal(name),
        ):
            with pytest.raises(Refused, match="no appender file"):
                change()

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
