"""The wire format by generated values: what is packed comes back, and no bytes raise anything but our errors."""

import struct
from contextlib import suppress

import pytest
from django_fdfs_storage.client import listings, wire
from django_fdfs_storage.client.connection import Address
from django_fdfs_storage.client.content import exactly
from django_fdfs_storage.client.coroutines import finished
from django_fdfs_storage.exceptions import BadReply, InvalidFileId, WrongSize
from django_fdfs_storage.names import (
    LONGEST_GROUP,
    LONGEST_ID,
    anti_steal_token,
    extension_of,
    is_file_id,
    parse_file_id,
)
from hypothesis import given
from hypothesis import strategies as some

ports = some.integers(1, 65535)
words = some.text("abcdefghijklmnopqrstuvwxyz0123456789._-", min_size=1, max_size=16)
ipv4 = some.ip_addresses(v=4).map(str)
ipv6 = some.ip_addresses(v=6).map(str)
numbers = some.integers(0, 2**63 - 1)
UNPACKERS = [
    wire.unpack_store,
    wire.unpack_fetch,
    wire.unpack_servers,
    lambda body: wire.unpack_servers(body, tail=1),
    wire.unpack_file_id,
    wire.unpack_info,
    listings.unpack_groups,
    listings.unpack_storages,
    wire.unpack_metadata,
]


@given(some.binary(max_size=1100), some.sampled_from(UNPACKERS))
def test_any_bytes_unpack_or_are_a_bad_reply(body, unpack):
    with suppress(BadReply):
        unpack(body)


@given(
    some.sampled_from([39, 40, 69, 70, 62, 63, 92, 122, 113, 226, 487, 517]).flatmap(
        lambda size: some.binary(min_size=size, max_size=size)
    ),
    some.sampled_from(UNPACKERS),
)
def test_bytes_of_a_plausible_length_unpack_or_are_a_bad_reply(body, unpack):
    with suppress(BadReply):
        unpack(body)


@given(some.integers(0, 2**64 - 1), some.integers(0, 255), some.integers(0, 255))
def test_headers_come_back(length, command, status):
    assert wire.unpack_header(wire.HEADER.pack(length, command, status)) == wire.Header(length, command, status)


@given(
    words, some.one_of(some.tuples(ipv4, some.just(15)), some.tuples(ipv6, some.just(45))), ports, some.integers(0, 255)
)
def test_servers_come_back_from_both_widths(group, host, port, path):
    ip, width = host
    body = wire.pack_text(group, 16) + wire.pack_text(ip, width) + wire.pack_numbers(port)
    assert wire.unpack_fetch(body) == wire.Server(group, ip, port)
    assert wire.unpack_store(body + bytes([path])) == wire.Server(group, ip, port, path)


@given(words, some.lists(some.tuples(ipv4, ports), min_size=1, max_size=9), some.booleans())
def test_lists_of_ipv4_servers_come_back(group, servers, tail):
    _lists_come_back(group, servers, tail, 15)


@given(words, some.lists(some.tuples(ipv6, ports), min_size=1, max_size=9), some.booleans())
def test_lists_of_ipv6_servers_come_back(group, servers, tail):
    _lists_come_back(group, servers, tail, 45)


def _lists_come_back(group, servers, tail, width):
    records = b"".join(wire.pack_text(ip, width) + wire.pack_numbers(port) for ip, port in servers)
    body = wire.pack_text(group, 16) + records + b"\x03" * tail
    path = 3 if tail else wire.ANY_PATH
    assert wire.unpack_servers(body, tail=int(tail)) == [wire.Server(group, ip, port, path) for ip, port in servers]


@given(words, ports, some.lists(ipv4, min_size=2, max_size=9))
def test_lists_of_old_servers_name_the_port_once(group, port, hosts):
    first, *rest = (wire.pack_text(ip, 15) for ip in hosts)
    body = wire.pack_text(group, 16) + first + wire.pack_numbers(port) + b"".join(rest)
    if (len(body) - 16) % 23:  # 24 servers and more can be read either way
        assert wire.unpack_servers(body) == [wire.Server(group, ip, port) for ip in hosts]


@given(numbers, some.integers(0, 2**37 - 1), some.integers(0, 2**32 - 1), ipv4)
def test_file_information_comes_back_with_an_unsigned_checksum(size, timestamp, crc32, source):
    signed = crc32 - (1 << 32) if crc32 >> 31 else crc32
    body = struct.pack("!qqq", size, timestamp, signed) + wire.pack_text(source, 16)
    assert wire.unpack_info(body) == wire.FileInfo(size, timestamp, crc32, source)


metadata_text = some.text(
    some.characters(exclude_characters="\x01\x02", exclude_categories=["Cs"]), min_size=1, max_size=16
)


@given(some.dictionaries(metadata_text, metadata_text))
def test_metadata_come_back(metadata):
    assert wire.unpack_metadata(wire.pack_metadata(metadata)) == metadata


@given(some.text(max_size=80))
def test_any_text_is_a_file_id_or_said_not_to_be_one(text):
    if is_file_id(text):
        assert str(parse_file_id(text)) == text
    else:
        with pytest.raises(InvalidFileId):
            parse_file_id(text)


@given(
    some.from_regex(
        r"[a-z0-9]{1,16}/M[0-9A-F]{2}/[0-9A-F]{2}/[0-9A-F]{2}/[A-Za-z0-9_-]{27}[a-z0-9._]{7}", fullmatch=True
    )
)
def test_the_facts_of_any_file_id_can_be_read(text):
    file = parse_file_id(text)
    assert 0 <= file.created < 2**32
    assert file.source.count(".") == 3
    assert (file.size is None) == (file.crc32 is None)
    assert file.appender in (True, False)


def test_the_facts_of_a_known_file_id():
    file = parse_file_id("group1/M00/00/00/fwAAAmsDnW2AHp8HAAAACw1KEYU619.txt")
    assert (file.group, file.source, file.created) == ("group1", "127.0.0.2", 0x6B039D6D)
    assert (file.size, file.crc32, file.appender) == (11, 0x0D4A1185, False)


def test_the_id_of_a_file_in_a_trunk_is_longer():
    text = "group1/M00/00/00/oYYBAGsMiLiIFE3NAAAACo7fR3cAAAAAQAAAAAAAAEA165.txt"  # FastDFS 6.16.1, with storage ids
    file = parse_file_id(text)
    assert (file.size, file.crc32, file.appender) == (10, 0x8EDF4777, False)
    assert len(text) == LONGEST_ID - LONGEST_GROUP + len("group1")
    assert parse_file_id(text.replace(".txt", "_small.txt")).size is None


@given(some.text())
def test_any_name_gives_an_extension_that_fastdfs_takes(name):
    extension = extension_of(name)
    assert len(extension) <= 6
    assert not extension or (extension.isascii() and extension.isalnum())


def test_the_token_of_the_c_implementation():
    path = "M00/00/00/fwAAAmsDm9-APsUKAAAACw1KEYU177.txt"
    token = anti_steal_token(path, secret="FastDFS1234567890", timestamp=1700000000)
    assert token == "66c7e1c5ee556171a4907c92b03523ab"


@given(some.lists(some.binary(max_size=30), max_size=8), some.integers(-3, 3))
def test_content_is_passed_on_whole_or_never_completed(parts, difference):
    content = b"".join(parts)
    announced = max(0, len(content) + difference)
    sent = b""

    async def send() -> None:
        nonlocal sent
        async for chunk in exactly(iter(parts), announced):
            sent += chunk

    try:
        finished(send())
    except WrongSize:
        assert announced != len(content)
        assert len(sent) < announced or announced == 0
        assert content.startswith(sent)
    else:
        assert sent == content
        assert announced == len(content)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("tracker:22122", "tracker", 22122),
        ("10.0.0.1:22122", "10.0.0.1", 22122),
        ("[::1]:22122", "::1", 22122),
        ("tracker", "tracker", 9),
        ("[::1]", "::1", 9),
        ("::1", "::1", 9),
    ],
)
def test_addresses_are_read(text, host, port):
    assert Address.parse(text, default_port=9) == Address(host, port)


@pytest.mark.parametrize("text", ["", ":22122", "host:", "host:0", "host:65536", "host:x", "host:-1", "[::1]:x"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="host:port"):
        Address.parse(text)


@given(some.one_of(ipv4, ipv6), ports)
def test_addresses_come_back(host, port):
    assert Address.parse(str(Address(host, port))) == Address(host, port)


def test_a_group_of_another_name_than_groups_have_is_garbage():
    """It would be asked for by that name, when an upload finds no space in its own."""
    with pytest.raises(BadReply):
        listings.unpack_groups(listings.GROUP_RECORD.pack("组\n".encode() + b"\xff", *range(12)))


@pytest.mark.parametrize("timestamp", [-1, 1 << 38, (1 << 63) - 1])
def test_a_time_that_no_date_can_tell_is_garbage(timestamp):
    with pytest.raises(BadReply):
        wire.unpack_info(struct.pack("!qqq", 1, timestamp, 0) + wire.pack_text("10.0.0.1", 16))
