"""The tracker: it names the storage server of a group and lists what there is."""

import struct
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

from ..client.listings import GROUP_RECORD, StorageState
from ..client.wire import (
    GROUP_WIDTH,
    Command,
    Header,
    Status,
    ip_width,
    pack_numbers,
    pack_text,
    unpack_text,
)
from .disk import Disk
from .protocol import Refusal, RequestHandler, serve

VERSION = "6.16.1"


@dataclass(frozen=True)
class StorageServer:
    """A storage server as the tracker knows it; without a host it is where the tracker is."""

    group: str
    host: str | None
    port: int
    disk: Disk
    started: int


class TrackerHandler(RequestHandler):
    """Serves one connection of a client to the tracker."""

    storages: ClassVar[list[StorageServer]]
    turns: ClassVar["count[int]"]
    stays_open: ClassVar[frozenset[int]] = frozenset(Status)

    @serve(Command.STORE, Command.STORE_ALL)
    def store(self, header: Header) -> bytes:
        """nothing -> group 16, ip 15, port 8 (of each server, of which a group has one here), path index 1."""
        self._expect(header, 0)
        return self._server(self.storages[next(self.turns) % len(self.storages)]) + b"\0"

    @serve(Command.STORE_IN_GROUP, Command.STORE_IN_GROUP_ALL)
    def store_in_group(self, header: Header) -> bytes:
        """group 16 -> the same."""
        self._expect(header, GROUP_WIDTH)
        return self._server(self._group()) + b"\0"

    @serve(Command.FETCH, Command.UPDATE, Command.FETCH_ALL)
    def fetch(self, header: Header) -> bytes:
        """group 16, name -> group 16, ip 15, port 8; whether the file exists is not looked at."""
        if not GROUP_WIDTH + 22 <= header.length < GROUP_WIDTH + 128:
            raise Refusal(Status.INVALID)
        return self._server(self._group())

    @serve(Command.LIST_GROUPS)
    def list_groups(self, header: Header) -> bytes:
        """nothing -> a record for each group."""
        self._expect(header, 0)
        return b"".join(_group_record(storage) for storage in self.storages)

    @serve(Command.LIST_GROUP)
    def list_group(self, header: Header) -> bytes:
        """group 16 -> its record."""
        self._expect(header, GROUP_WIDTH)
        return _group_record(self._group())

    @serve(Command.LIST_STORAGES)
    def list_storages(self, header: Header) -> bytes:
        """group 16, optionally an id -> a record for each storage server."""
        storage = self._group()
        wanted = unpack_text(self.read(self.left))
        host = self._host(storage)
        if wanted not in ("", host):
            raise Refusal(Status.MISSING)
        total, free = storage.disk.space_mb()
        return struct.pack(
            f"!BB16s{ip_width(host) + 1}s16s8s10Q348sB",
            StorageState.ACTIVE,
            0,
            host.encode(),
            host.encode(),
            b"",
            VERSION.encode(),
            *(storage.started, storage.started, total, free, 0, 10, 1, 256, 0, storage.port),
            b"",
            0,
        )

    @serve(Command.PARAMETERS)
    def parameters(self, header: Header) -> bytes:
        """nothing -> what official clients take from a tracker, as "name=value" lines."""
        self._expect(header, 0)
        return b"use_storage_id=0\nid_type_in_filename=ip\nuse_trunk_file=0\nstore_slave_file_use_link=0\n"

    def _expect(self, header: Header, length: int) -> None:
        if header.length != length:
            raise Refusal(Status.INVALID)

    def _group(self) -> StorageServer:
        if self.left < GROUP_WIDTH:
            raise Refusal(Status.INVALID)
        name = unpack_text(self.read(GROUP_WIDTH))
        for storage in self.storages:
            if storage.group == name:
                return storage
        raise Refusal(Status.MISSING)

    def _host(self, storage: StorageServer) -> str:
        return storage.host or str(self.connection.getsockname()[0])

    def _server(self, storage: StorageServer) -> bytes:
        host = self._host(storage)
        # What is left of the request (the file's name) plays no part in the answer.
        self.read(self.left)
        return pack_text(storage.group, GROUP_WIDTH) + pack_text(host, ip_width(host)) + pack_numbers(storage.port)


def _group_record(storage: StorageServer) -> bytes:
    total, free = storage.disk.space_mb()
    return GROUP_RECORD.pack(storage.group.encode(), total, free, 0, 0, 1, storage.port, 1, 1, 0, 1, 256, 0)
