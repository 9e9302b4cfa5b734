"""The settings: OPTIONS of one storage over FDFS_STORAGE over FDFS_CLIENT_CONF and FDFS_URL."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

NAME = "FDFS_STORAGE"


@dataclass(frozen=True, kw_only=True)
class Options:
    """Each option, in lower case in OPTIONS and in upper case in FDFS_STORAGE."""

    trackers: tuple[str, ...] = ()
    """Trackers as "host:port", asked in this order."""

    base_url: str | Mapping[str, str] | None = None
    """URL in front of the file id, or group -> such a URL; None means MEDIA_URL."""

    group: str | None = None
    """The group that takes uploads; None lets the tracker choose."""

    connect_timeout: float = 5.0
    """Seconds to open a connection."""

    network_timeout: float = 30.0
    """Seconds for each answer and each 256 KB of content."""

    max_connections: int = 32
    """Connections to each server at a time."""

    address_map: Mapping[str, str] = field(default_factory=dict)
    """Address that a tracker names -> address to connect to (NAT, containers)."""

    replicas: bool = True
    """Whether a read goes to another server of the group when the first one fails."""

    token_secret: str | None = None
    """Key of anti-steal tokens in URLs, as in http.conf of fastdfs-nginx-module."""

    token_ttl: int = 900
    """Seconds that the web server accepts a token, `http.anti_steal.token_ttl` there; and the life of a signature."""

    private: bool = False
    """Whether URLs carry a signature that ends, without which the view `media` serves nothing."""

    policy: str | None = None
    """Dotted path of `(request, name) -> bool | None`: what the view may serve; None leaves it to the URL."""

    accel_redirect: str | None = None
    """URL of an internal location of nginx that sends the files (X-Accel-Redirect) in place of the view."""

    engine: str = "django_fdfs_storage.client.FastDFSClient"
    """Dotted path of the client's class."""

    client_conf: str | None = None
    """A client.conf of FastDFS to take trackers and timeouts from."""

    metrics: str | None = None
    """Dotted path of `(name, value, attributes)`, told how long each exchange with a server took and of its connections."""

    delete_orphans: bool = False
    """Whether a file is deleted on commit when no row refers to it any longer."""

    references: tuple[str, ...] = ()
    """Further columns that hold file ids, "app.Model.field"; file fields are known. Only in FDFS_STORAGE."""

    def client(self) -> dict[str, Any]:
        """What a client is built with beside its trackers."""
        names = ("connect_timeout", "network_timeout", "max_connections", "address_map", "replicas")
        metrics = import_string(self.metrics) if self.metrics else None
        return {name: getattr(self, name) for name in names} | {"metrics": metrics}


T = TypeVar("T", bound=Options)


@dataclass(frozen=True, kw_only=True)
class NamedOptions(Options):
    """What `named.storage.NamedFastDFSStorage` knows beside them."""

    location: str = ""
    """Folder of the table in which all names of this storage lie."""

    url_by_name: bool = False
    """Whether `url` names the file for the view `media`, instead of its file id for the web server."""

    allow_overwrite: bool = False
    """Whether `save` replaces a file of the same name instead of giving the new one another name."""

    deduplicate: bool = False
    """Whether content that is there already (same size and SHA-256) is not stored again."""

    lookup_seconds: float = 60.0
    """Seconds that a process may remember which file a name stands for, to make its `url`."""


# FDFS_STORAGE is for all storages of the site; each takes from it what it knows.
KNOWN = {each.name for each in fields(NamedOptions)}


def nearest(key: str, known: Iterable[str] = KNOWN) -> str | None:
    """The known option that an unknown one was probably meant to be."""
    return next(iter(get_close_matches(key.lower(), known, n=1)), None)


def check_names(kind: type[Options], options: Mapping[str, Any]) -> None:
    """ImproperlyConfigured for OPTIONS that no storage of this kind has."""
    known = {each.name for each in fields(kind)}
    for key in options:
        if key == "references":
            # What refers to files is asked over all storages: here it would be passed over, and the files deleted.
            raise ImproperlyConfigured(f"'references' belongs in {NAME}, not in OPTIONS.")
        if key not in known:
            near = nearest(key, known)
            hint = f" Did you mean {near!r}?" if near else ""
            raise ImproperlyConfigured(f"The FastDFS storage has no option {key!r} in OPTIONS.{hint}")


def resolve(kind: type[T], options: Mapping[str, Any]) -> T:
    """What holds now for a storage with these OPTIONS; read from Django's settings at every call."""
    known = kind.__dataclass_fields__
    site = {key.lower(): value for key, value in getattr(settings, NAME, {}).items() if key.isupper()}
    given = {key: value for key, value in site.items() if key in known} | dict(options)
    if given.get("base_url") is None:
        given["base_url"] = getattr(settings, "FDFS_URL", None)
    path = given["client_conf"] = given.get("client_conf") or getattr(settings, "FDFS_CLIENT_CONF", None)
    if path and not given.get("trackers"):
        given = _read_client_conf(path) | given
    trackers = given.get("trackers", ())
    given["trackers"] = (trackers,) if isinstance(trackers, str) else tuple(trackers)
    return kind(**given)


def _read_client_conf(path: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        return dict(_parse_client_conf(os.fspath(path), os.stat(path).st_mtime_ns))
    except OSError as error:
        raise ImproperlyConfigured(f"The FastDFS client configuration cannot be read: {error}") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"The FastDFS client configuration {path} is wrong: {error}") from error


@lru_cache(maxsize=8)
def _parse_client_conf(path: str, _changed: int) -> dict[str, Any]:
    """Trackers and timeouts of a client.conf: "name = value" lines, `tracker_server` repeated."""
    found: dict[str, Any] = {}
    with open(path, encoding="utf-8-sig", errors="replace") as lines:  # comments may be GBK
        for line in lines:
            name, _, value = (part.strip() for part in line.partition("="))
            if name == "tracker_server" and value:
                found.setdefault("trackers", []).append(value)
            elif name in ("connect_timeout", "network_timeout"):
                found[name] = float(value)
    return found
