"""The Django storage."""

import mimetypes
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousFileOperation
from django.core.files.base import File
from django.core.files.storage import Storage
from django.core.signals import setting_changed
from django.utils.deconstruct import deconstructible
from django.utils.encoding import filepath_to_uri
from django.utils.module_loading import import_string

from .access import url_query
from .client import AsyncFastDFSClient, Engine
from .client.wire import FileInfo
from .conf import Options, check_names, resolve
from .exceptions import NoSuchFile, WrongSize
from .files import Chunks, FastDFSFile
from .names import CONTROLS, LONGEST_GROUP, LONGEST_ID, extension_of, is_file_id, parse_file_id

# Not on the storage, which travels by pickle with nothing but its OPTIONS.
_resolved: "WeakKeyDictionary[FastDFSStorage, Options]" = WeakKeyDictionary()
setting_changed.connect(lambda **_: _resolved.clear(), weak=False, dispatch_uid="fdfs.options")


@deconstructible(path="django_fdfs_storage.storage.FastDFSStorage")
class FastDFSStorage(Storage):
    """Keeps files in FastDFS; the name of a file is the id that the cluster gives it.

    Options come from OPTIONS, then from FDFS_STORAGE (see `conf.Options`). The storage holds
    nothing but its OPTIONS: connections belong to the process and are shared by equal storages.
    """

    kind: type[Options] = Options
    named = False

    def __init__(self, **options: Any) -> None:
        check_names(self.kind, options)
        self._given = options

    @property
    def options(self) -> Options:
        """The options that hold now: put together again when a setting changes, or a client.conf may have."""
        options = _resolved.get(self)
        if options is None:
            options = resolve(self.kind, self._given)
            if options.client_conf is None:
                _resolved[self] = options
        return options

    @property
    def base_url(self) -> str:
        """The URL in front of names, where not each group has its own."""
        return _base_url(self.options, "*")

    @property
    def engine(self) -> Engine:
        """The client of this storage's cluster."""
        return engine_for(self.options)

    def async_client(self) -> AsyncFastDFSClient:
        """A new client of this storage's cluster, for one event loop: close it there."""
        options = self.options
        return AsyncFastDFSClient(options.trackers, **options.client())

    # -- what Storage asks for --

    def _open(self, name: str, mode: str = "rb") -> FastDFSFile:
        self._check_mode(mode)
        return FastDFSFile(self.engine, name, self._info(name).size, mode)

    def _check_mode(self, mode: str) -> None:
        if mode not in ("rb", "r", "rt"):
            also = ', or written anew ("wb")' if self.named else ": save another one"
            raise ValueError(f"A FastDFS file cannot be opened with mode {mode!r}, only read{also}")

    def _save(self, name: str, content: "File[Any]") -> str:
        return self._upload(name, Chunks(content))

    def _upload(self, name: str, chunks: Chunks) -> str:
        """Store content and give its file id."""
        options = self.options
        engine = engine_for(options)
        place: dict[str, Any] = {"extension": extension_of(name), "group": options.group}
        if chunks.size is not None and not chunks.rereadable:
            return engine.upload(iter(chunks), size=chunks.size, **place)
        if chunks.size is not None:
            # Some files claim the size of another form of theirs (GzipFile): then it is measured.
            with suppress(WrongSize):
                return engine.upload(chunks, size=chunks.size, **place)
        with chunks.spooled() as copy:
            return engine.upload(copy, size=copy.size, **place)

    def delete(self, name: str) -> None:
        """Delete a file; one that is not there is no error."""
        if not name:
            raise ValueError("The name must be given to delete().")
        if is_file_id(name):
            with suppress(NoSuchFile):
                self.engine.delete(name)

    def exists(self, name: str) -> bool:
        """Whether the cluster holds the file; False without asking for what is no file id."""
        try:
            self._info(name)
        except NoSuchFile:
            return False
        return True

    def size(self, name: str) -> int:
        """The size in bytes."""
        return self._info(name).size

    def get_created_time(self, name: str) -> datetime:
        """When the file was stored, which its id tells."""
        self._info(name)
        return _time(parse_file_id(name).created)

    def get_modified_time(self, name: str) -> datetime:
        """When the file last changed."""
        return _time(self._info(name).timestamp)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name as it is: the cluster gives the file another, so nothing can collide.

        SuspiciousFileOperation when the file id may be longer than `max_length`.
        """
        group = self.options.group
        longest = LONGEST_ID if group is None else LONGEST_ID - LONGEST_GROUP + len(group)
        if max_length is not None and max_length < longest:
            raise SuspiciousFileOperation(
                f"A file id has up to {longest} characters, and {name} may have {max_length}."
            )
        return str(name)

    def url(self, name: str | None, *, filename: str | None = None, expires_in: int | None = None) -> str:
        """The URL of a file.

        `filename` is what a browser saves it as. The URL of a private file ends after `expires_in`
        seconds; so does one with a token (`token_secret`), after the web server's `token_ttl` at most.
        """
        if not name:
            raise ValueError("This file is not accessible via a URL.")
        return self._url_of(self.options, str(name), filename, expires_in)

    # Not `_url`: static files mix in Django's HashedFilesMixin, which has one.
    def _url_of(self, options: Options, name: str, filename: str | None, expires_in: int | None) -> str:
        url = _base_url(options, name.partition("/")[0]) + str(filepath_to_uri(name)).lstrip("/")
        query = url_query(options, name, expires_in)
        if filename is not None:
            # fastdfs-nginx-module writes it into a header as it is.
            query["filename"] = CONTROLS.sub("", filename)
        return f"{url}?{urlencode(query, quote_via=quote)}" if query else url

    def content_type(self, name: str) -> str:
        """The type of a file as its name tells it; empty where it does not."""
        return mimetypes.guess_type(name)[0] or ""

    def file_id(self, name: str) -> str:
        """The file id behind a name, which here is the name; NoSuchFile for any other."""
        if not is_file_id(name):
            raise NoSuchFile(name)
        return name

    def _info(self, name: str) -> FileInfo:
        return self.engine.info(self.file_id(name))


def _time(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, tz=UTC if settings.USE_TZ else None)


def _base_url(options: Options, group: str) -> str:
    base = options.base_url
    if isinstance(base, Mapping):
        base = base.get(group, base.get("*"))
        if base is None:
            raise ImproperlyConfigured(f"base_url of the FastDFS storage names no URL for {group!r} and none for '*'")
    if base is None:
        base = settings.MEDIA_URL
    if base is None:
        raise ValueError("This file is not accessible via a URL.")
    return base if base.endswith("/") else f"{base}/"


def engine_for(options: Options) -> Engine:
    """The engine of this process for the cluster in the options; equal options share one."""
    if not options.trackers:
        raise ImproperlyConfigured(
            'The FastDFS storage knows no tracker: set FDFS_STORAGE = {"TRACKERS": ["host:22122"]}.'
        )
    address_map = tuple(sorted(options.address_map.items()))
    return _engine(options.engine, trackers=options.trackers, **options.client() | {"address_map": address_map})


@lru_cache(maxsize=32)
def _engine(path: str, *, address_map: tuple[tuple[str, str], ...], **options: Any) -> Engine:
    engine: Engine = import_string(path)(address_map=dict(address_map), **options)
    return engine
