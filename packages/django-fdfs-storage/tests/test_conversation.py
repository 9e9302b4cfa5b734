"""Requests in raw bytes and what FastDFS answers: its statuses, and whether it then hangs up.

The table was taken from a FastDFS 6.16.1. FDFS_TRACKER=host:port asks a real one again.
"""

import socket
import struct
from dataclasses import dataclass

import pytest
from django_fdfs_storage.client.connection import Address
from django_fdfs_storage.client.wire import pack_numbers as numbers


@dataclass
class Answer:
    status: int | None
    body: bytes = b""
    stays_open: bool = False


def ask(
    address: tuple[str, int], command: int, body: bytes = b"", *, flags: int = 0, length: int | None = None
) -> Answer:
    """One request over a new connection, then a sign of life if it is still there."""
    with socket.create_connection(address, timeout=5) as connection, connection.makefile("rb") as answers:
        connection.sendall(struct.pack("!QBB", len(body) if length is None else length, command, flags) + body)
        header = answers.read(10)
        if len(header) < 10:
            return Answer(None)
        size, response, status = struct.unpack("!QBB", header)
        assert response == 100
        answer = Answer(status, answers.read(size))
        try:
            connection.sendall(struct.pack("!QBB", 0, 111, 0))
            answer.stays_open = answers.read(10) == struct.pack("!QBB", 0, 100, 0)
        except ConnectionError:
            pass
        return answer


@pytest.fixture
def at_tracker(tracker: str) -> tuple[str, int]:
    address = Address.parse(tracker)
    return address.host, address.port


@pytest.fixture
def at_storage(at_tracker) -> tuple[str, int]:
    body = ask(at_tracker, 104, group()).body
    return body[16:31].rstrip(b"\0").decode(), struct.unpack("!Q", body[31:39])[0]


def group(name: str = "group1") -> bytes:
    return name.encode().ljust(16, b"\0")


NAME = b"M00/00/00/fwAAAmsDnW2AHp8HAAAACw1KEYU000.txt"


@pytest.mark.parametrize(
    ("command", "body", "status", "size"),
    [
        (101, b"", 0, 40),
        (101, b"x", 22, 0),
        (102, group() + NAME, 0, 39),
        (102, group() + b"x" * 44, 0, 39),
        (102, group() + b"x", 22, 0),
        (102, group() + NAME + b"x" * 100, 22, 0),
        (102, group("nogroup") + NAME, 2, 0),
        (103, group() + NAME, 0, 39),
        (104, group("nogroup"), 2, 0),
        (104, b"x", 22, 0),
        (107, group("nogroup"), 2, 0),
        (107, b"x", 22, 0),
        (90, group(), 0, 113),
        (90, group("nogroup"), 2, 0),
        (91, b"x", 22, 0),
        (92, group("nogroup"), 2, 0),
        (92, group() + b"9.9.9.9", 2, 0),
        (92, b"x", 22, 0),
        (111, b"", 0, 0),
        (111, b"x", 22, 0),
        (10, b"", 22, 0),
    ],
)
def test_a_tracker_answers_and_keeps_the_connection(at_tracker, command, body, status, size):
    assert (got := ask(at_tracker, command, body)).status == status
    assert len(got.body) == size
    assert got.stays_open


def upload(extension: bytes, content: bytes = b"x", *, path: int = 0, size: int | None = None) -> bytes:
    return bytes([path]) + numbers(len(content) if size is None else size) + extension.ljust(6, b"\0") + content


@pytest.mark.parametrize(
    ("command", "body", "status"),
    [
        (11, upload(b"txt"), 0),
        (11, upload(b"txt", path=255), 0),
        (11, upload(b"a\0b"), 0),
        (11, upload(b"txt", b""), 0),
        (11, upload(b"txt", path=127), 22),
        (11, upload(b"a b"), 22),
        (11, upload(b"txt", size=5), 22),
        (11, upload(b"txt", b"hello", size=1), 22),
        (11, upload(b"txt", b"", size=1 << 63), 22),
        (11, b"x", 22),
        *(
            row
            for command in (12, 15, 22)
            for row in [
                (command, group() + NAME, 2),
                (command, group() + b"M00/00/00/x", 2),
                (command, group("other") + NAME, 22),
                (command, group(), 22),
                (command, b"x", 22),
                (command, group() + b"M00/00/../x", 22),
                (command, group() + b"M00/../../../../etc/passwd" + b"." * 18, 22),
                (command, group() + b"M7F" + NAME[3:], 22),
                (command, group() + b"M00/0a/00/" + NAME[10:], 22),
                (command, group() + b"x" * 44, 22),
            ]
        ),
        (14, numbers(0, 0) + group() + NAME, 2),
        (14, numbers(1 << 63, 0) + group() + NAME, 22),
        (14, numbers(0, 1 << 63) + group() + NAME, 22),
        (14, numbers(0, 0) + group("other") + NAME, 22),
        (14, b"x", 22),
        (13, numbers(44, 3) + b"O" + group() + NAME + b"a\x02b", 2),
        (13, numbers(44, 3) + b"X" + group() + NAME + b"a\x02b", 22),
        (13, numbers(44, 9) + b"O" + group() + NAME + b"a\x02b", 22),
        (13, b"x", 22),
        (21, numbers(44, 1) + b"_s".ljust(16, b"\0") + b"txt\0\0\0" + NAME + b"x", 2),
        (21, numbers(44, 1) + b"\0" * 16 + b"txt\0\0\0" + NAME + b"x", 22),
        (21, numbers(44, 1) + b"a/b".ljust(16, b"\0") + b"txt\0\0\0" + NAME + b"x", 22),
        (21, numbers(44, 1) + b"_s".ljust(16, b"\0") + b"a b\0\0\0" + NAME + b"x", 22),
        (24, numbers(44, 1) + NAME + b"x", 2),
        (24, numbers(44, 9) + NAME + b"x", 22),
        (24, numbers(7, 1) + b"garbage" + b"x", 22),
        (34, numbers(44, 0, 1) + NAME + b"x", 2),
        (36, numbers(44, 0) + NAME, 2),
        (36, numbers(44, 1 << 63) + NAME, 22),
        (38, NAME, 2),
        (111, b"", 0),
        (111, b"x", 22),
        (77, b"", 22),
    ],
)
def test_a_storage_server_hangs_up_after_a_request_that_makes_no_sense(at_storage, command, body, status):
    assert (got := ask(at_storage, command, body)).status == status
    assert got.stays_open == (status in (0, 2, 17))
    assert not got.body or status == 0


def test_a_file_is_asked_for_in_every_way(at_storage):
    name = ask(at_storage, 11, upload(b"txt", b"hello world")).body[16:]

    def content(offset: int, length: int) -> tuple[int | None, bytes, bool]:
        got = ask(at_storage, 14, numbers(offset, length) + group() + name)
        return got.status, got.body, got.stays_open

    assert content(0, 0) == (0, b"hello world", True)
    assert content(3, 4) == (0, b"lo w", True)
    assert content(8, 100) == (0, b"rld", True)
    assert content(0, 1 << 50) == (0, b"hello world", True)
    assert content(11, 0) == content(12, 1) == (22, b"", False)
    for flags in (0, 1, 2, 3):
        info = ask(at_storage, 22, group() + name, flags=flags).body
        assert len(info) == 40
        assert struct.unpack("!q8xq", info[:24]) == (11, 0x0D4A1185)
    assert ask(at_storage, 38, name).status == 22
    assert ask(at_storage, 24, numbers(44, 1) + name + b"x").status == 22


def test_metadata_are_sorted_and_leave_with_their_file(at_storage):
    name = ask(at_storage, 11, upload(b"txt")).body[16:]

    def write(data: bytes, flag: bytes = b"O") -> int | None:
        return ask(at_storage, 13, numbers(44, len(data)) + flag + group() + name + data).status

    def read() -> tuple[int | None, bytes]:
        got = ask(at_storage, 15, group() + name)
        return got.status, got.body

    assert read() == (2, b"")
    assert write(b"b\x022\x01a\x021") == 0
    assert read() == (0, b"a\x021\x01b\x022")
    assert write(b"a\x029\x01c\x023", b"M") == 0
    assert read() == (0, b"a\x029\x01b\x022\x01c\x023")
    assert write(b"", b"M") == 0
    assert read() == (0, b"a\x029\x01b\x022\x01c\x023")
    assert write(b"") == write(b"") == 0
    assert read() == (2, b"")
    write(b"a\x021")
    ask(at_storage, 12, group() + name)
    assert read() == (2, b"")


def test_a_change_of_nothing_is_answered_with_noise(at_storage):
    name = ask(at_storage, 23, upload(b"log", b"abc")).body[16:]
    for command, body in [
        (24, numbers(44, 0) + name),
        (34, numbers(44, 0, 0) + name),
        (36, numbers(44, 3) + name),
    ]:
        got = ask(at_storage, command, body)
        assert (got.status, len(got.body), got.stays_open) == (0, len(body), True)


@pytest.mark.parametrize("end", [82])
def test_a_client_says_goodbye(at_tracker, at_storage, end):
    assert ask(at_tracker, end).status is None
    assert ask(at_storage, end).status is None


def test_a_tracker_tells_its_parameters(at_tracker):
    got = ask(at_tracker, 75)
    assert (got.status, got.stays_open) == (0, True)
    assert b"use_storage_id=0\n" in got.body


def test_a_storage_server_hangs_up_at_a_negative_length(at_storage):
    assert ask(at_storage, 11, length=1 << 63).status is None
