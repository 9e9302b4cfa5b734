"""The FastDFS wire format: bytes in, values out, no sockets.

Every message is a header of ten bytes and a body, big-endian:

    0                               8       9       10
    +-------------------------------+-------+-------+---------
    |  length of the body (uint64)  |command|status |  body ...
    +-------------------------------+-------+-------+---------

Requests carry status 0, answers command 100 and an errno as status. Text in fixed fields is padded
with NUL. An IP field is 15 bytes wide on an IPv4 tracker and 45 on an IPv6 one, which only the
length of the answer tells.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from ..exceptions import BadReply
from ..names import FileId

HEADER = struct.Struct("!QBB")
NUMBER = struct.Struct("!Q")
RESPONSE = 100
ANY_PATH = 0xFF
GROUP_WIDTH, EXTENSION_WIDTH, PREFIX_WIDTH = 16, 6, 16
PORT_WIDTH = 8
IPV4_WIDTH, IPV6_WIDTH = 15, 45
_END_OF_TIME = 1 << 37  # the year 6325: no later one fits a date or a header


class Command(IntEnum):
    """The commands of trackers (90 and up) and storage servers that a client uses."""

    UPLOAD = 11
    DELETE = 12
    SET_METADATA = 13
    DOWNLOAD = 14
    GET_METADATA = 15
    UPLOAD_SLAVE = 21
    FILE_INFO = 22
    UPLOAD_APPENDER = 23
    APPEND = 24
    MODIFY = 34
    TRUNCATE = 36
    REGENERATE_NAME = 38
    PARAMETERS = 75
    QUIT = 82
    LIST_GROUP = 90
    LIST_GROUPS = 91
    LIST_STORAGES = 92
    STORE = 101
    FETCH = 102
    UPDATE = 103
    STORE_IN_GROUP = 104
    FETCH_ALL = 105
    STORE_ALL = 106
    STORE_IN_GROUP_ALL = 107
    ACTIVE_TEST = 111


class Status(IntEnum):
    """The statuses with a meaning of their own; others are plain errno values."""

    OK = 0
    MISSING = 2
    EXISTS = 17
    INVALID = 22
    NO_SPACE = 28


class InfoFlag(IntEnum):
    """Bits in the status byte of a FILE_INFO request."""

    WITHOUT_CRC = 1
    SILENT = 2


@dataclass(frozen=True)
class Header:
    """The first ten bytes of a message."""

    length: int
    command: int
    status: int


@dataclass(frozen=True)
class Server:
    """A storage server as a tracker names it; `path_index` is the store path to upload to."""

    group: str
    host: str
    port: int
    path_index: int = ANY_PATH


@dataclass(frozen=True)
class FileInfo:
    """What a storage server knows of a file; times are Unix seconds, `crc32` unsigned."""

    size: int
    timestamp: int
    crc32: int
    source: str


def pack_message(command: int, body: bytes = b"", *, more: int = 0, status: int = 0) -> bytes:
    """A message whose body is followed by `more` bytes that the caller sends itself."""
    return HEADER.pack(len(body) + more, command, status) + body


def pack_numbers(*numbers: int) -> bytes:
    """Numbers as 8 bytes each."""
    return struct.pack(f"!{len(numbers)}Q", *numbers)


def pack_text(text: str, width: int) -> bytes:
    """Text in a field of fixed width; ValueError when it does not fit."""
    data = text.encode()
    if len(data) > width or b"\0" in data:
        raise ValueError(f"{text!r} does not fit a field of {width} bytes")
    return data.ljust(width, b"\0")


def pack_file(file: FileId) -> bytes:
    """Group and name of a file, at the end of a request."""
    return pack_text(file.group, GROUP_WIDTH) + file.path.encode()


def unpack_text(data: bytes) -> str:
    """The text in front of the padding."""
    return data.split(b"\0", 1)[0].decode(errors="replace")


def unpack_header(data: bytes) -> Header:
    """The header in ten bytes."""
    length, command, status = HEADER.unpack(data)
    return Header(length, command, status)


def unpack_number(data: bytes) -> int:
    """The number in 8 bytes."""
    (number,) = NUMBER.unpack(data)
    return int(number)


def ip_width(host: str) -> int:
    """The width of the IP fields in which a server writes this address."""
    return IPV6_WIDTH if ":" in host else IPV4_WIDTH


def _check_ip_width(length: int, rest: int) -> None:
    """BadReply unless a body of `length` bytes, `rest` of which are others, holds one IP field."""
    width = length - rest
    if width not in (IPV4_WIDTH, IPV4_WIDTH + 1, IPV6_WIDTH, IPV6_WIDTH + 1):
        raise BadReply(f"an answer of {length} bytes holds no server address")


def unpack_store(body: bytes) -> Server:
    """The server that STORE or STORE_IN_GROUP names."""
    _check_ip_width(len(body), GROUP_WIDTH + PORT_WIDTH + 1)
    return _unpack_server(body[:-1], path_index=body[-1])


def unpack_fetch(body: bytes) -> Server:
    """The server that FETCH or UPDATE names."""
    _check_ip_width(len(body), GROUP_WIDTH + PORT_WIDTH)
    return _unpack_server(body)


def _unpack_server(body: bytes, *, path_index: int = ANY_PATH) -> Server:
    port = _port(body[-PORT_WIDTH:])
    host = unpack_text(body[GROUP_WIDTH:-PORT_WIDTH])
    return Server(unpack_text(body[:GROUP_WIDTH]), host, port, path_index)


def _port(data: bytes) -> int:
    port = unpack_number(data)
    if not 0 < port < 65536:
        raise BadReply(f"a tracker named the port {port}")
    return port


def unpack_servers(body: bytes, *, tail: int = 0) -> list[Server]:
    """The servers that FETCH_ALL or (with a `tail` of one byte, the store path) STORE_ALL names.

    Both repeat (ip, port) after the group; FETCH_ALL of FastDFS before 6.x repeats the ip alone.
    Where the length fits two of these, a port that is none tells them apart.
    """
    group, records = body[:GROUP_WIDTH], body[GROUP_WIDTH : len(body) - tail]
    path_index = body[-1] if tail and body else ANY_PATH
    first = IPV4_WIDTH + PORT_WIDTH
    old = [records[:first]] + [
        records[at : at + IPV4_WIDTH] + records[IPV4_WIDTH:first] for at in range(first, len(records), IPV4_WIDTH)
    ]
    for pieces in (_pieces(records, first), _pieces(records, IPV6_WIDTH + PORT_WIDTH), old):
        if pieces and len(pieces[0]) == len(pieces[-1]) >= first:
            with suppress(BadReply):
                return [_unpack_server(group + piece, path_index=path_index) for piece in pieces]
    raise BadReply(f"an answer of {len(body)} bytes holds no list of servers")


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def unpack_file_id(body: bytes) -> str:
    """The file id in the answer to an upload."""
    if len(body) <= GROUP_WIDTH:
        raise BadReply(f"an upload was answered with {len(body)} bytes")
    try:
        return f"{unpack_text(body[:GROUP_WIDTH])}/{body[GROUP_WIDTH:].decode('ascii')}"
    except UnicodeDecodeError as error:
        raise BadReply("an upload was answered with a name that is not ASCII") from error


def unpack_info(body: bytes) -> FileInfo:
    """The answer to FILE_INFO; the checksum arrives sign-extended to 8 bytes."""
    _check_ip_width(len(body), 24)
    size, timestamp, crc32 = struct.unpack_from("!qqq", body)
    if size < 0 or not 0 <= timestamp < _END_OF_TIME:
        raise BadReply(f"a file has {size} bytes and is of {timestamp}")
    return FileInfo(size, timestamp, crc32 & 0xFFFFFFFF, unpack_text(body[24:]))


FIELD, RECORD = "\x02", "\x01"
NAME_LIMIT, VALUE_LIMIT = 64, 256


def pack_metadata(metadata: dict[str, str]) -> bytes:
    """Metadata as FastDFS stores it.

    ValueError for what a server would garble: names over 64 bytes, values over 256, separators.
    """
    for name, value in metadata.items():
        if len(name.encode()) > NAME_LIMIT or len(value.encode()) > VALUE_LIMIT or {FIELD, RECORD} & {*name, *value}:
            raise ValueError(f"metadata are 64 and 256 bytes at most, without \\x01 and \\x02: {name!r}")
    return RECORD.join(f"{name}{FIELD}{value}" for name, value in metadata.items()).encode()


def unpack_metadata(body: bytes) -> dict[str, str]:
    """The answer to GET_METADATA."""
    text = body.decode(errors="replace")
    return dict(record.partition(FIELD)[::2] for record in text.split(RECORD)) if text else {}
