"""The wire format of the lists of groups and storage servers that a tracker keeps."""

import re
import struct
from dataclasses import dataclass

from ..exceptions import BadReply
from ..names import GROUP
from .wire import IPV4_WIDTH, IPV6_WIDTH, unpack_text


@dataclass(frozen=True)
class Group:
    """A group as a tracker lists it, sizes in MB."""

    name: str
    total_mb: int
    free_mb: int
    reserved_mb: int
    trunk_free_mb: int
    storage_count: int
    storage_port: int
    readable_count: int
    writable_count: int
    current_write_server: int
    store_path_count: int
    subdirectory_count: int
    current_trunk_file_id: int


@dataclass(frozen=True)
class StorageState:
    """A storage server as a tracker lists it; `status` 7 is active."""

    status: int
    id: str
    host: str
    version: str
    joined: int
    started: int
    total_mb: int
    free_mb: int
    port: int

    ACTIVE = 7

    @property
    def active(self) -> bool:
        """Whether the tracker hands this server out."""
        return self.status == self.ACTIVE


GROUP_RECORD = struct.Struct("!17s12Q")
STORAGE_WIDTHS = {487: IPV4_WIDTH + 1, 517: IPV6_WIDTH + 1}


def unpack_groups(body: bytes) -> list[Group]:
    """The answer to LIST_GROUP or LIST_GROUPS."""
    if len(body) % GROUP_RECORD.size:
        raise BadReply(f"a list of groups has {len(body)} bytes")
    groups = [Group(unpack_text(name), *numbers) for name, *numbers in GROUP_RECORD.iter_unpack(body)]
    for group in groups:
        if not re.fullmatch(GROUP, group.name):
            raise BadReply(f"a tracker named the group {group.name!r}")
    return groups


def unpack_storages(body: bytes) -> list[StorageState]:
    """The answer to LIST_STORAGES."""
    for size, width in STORAGE_WIDTHS.items():
        if len(body) % size == 0:
            return [_unpack_storage(body[at : at + size], width) for at in range(0, len(body), size)]
    raise BadReply(f"a list of storage servers has {len(body)} bytes")


def _unpack_storage(record: bytes, width: int) -> StorageState:
    status, _mode, name, host, _source, version, *numbers = struct.unpack_from(f"!BB16s{width}s16s8s10Q", record)
    joined, started, total, free, _reserved, _priority, _paths, _subdirectories, _current, port = numbers
    name, host, version = (unpack_text(field) for field in (name, host, version))
    return StorageState(status, name, host, version, joined, started, total, free, port)
