"""System checks of the settings, with ids fdfs.E001 and so on (see README)."""

from collections.abc import Iterable, Iterator
from itertools import combinations, permutations
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InvalidStorageError, storages
from django.db import models
from django.utils.module_loading import import_string

from .client import Engine
from .client.connection import Address
from .conf import KNOWN, NAME, Options, nearest
from .names import LONGEST_ID
from .references import column, stored_fields
from .storage import FastDFSStorage

NAMED_STORAGE = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
# Seen in tests/libraries: what happens where a saved name cannot be found again.
_LOST = "its thumbnails are never found again, and every page stores one more"
NEED_URLS_BY_NAME = {"photologue": "it makes the URL of a thumbnail from that of its photo"}
NEED_NAMES = {
    "easy_thumbnails": _LOST,
    "filer": _LOST,
    "imagekit": _LOST,
    "photologue": _LOST,
    "sorl.thumbnail": _LOST,
    "versatileimagefield": _LOST,
    "wagtail.documents": "documents lose their file names",
    "import_export": "with its MediaStorage an upload is lost before it is confirmed",
}


@register(Tags.files)
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """FDFS_STORAGE, and each entry of STORAGES that keeps its files in FastDFS."""
    messages: list[CheckMessage] = list(_unknown_keys())
    named: dict[str, Options] = {}
    for alias in settings.STORAGES:
        try:
            storage = storages[alias]
        except (InvalidStorageError, ImproperlyConfigured) as error:
            if "FastDFS" in str(settings.STORAGES[alias].get("BACKEND")):
                messages.append(Error(str(error), hint="See the settings in the README.", obj=alias, id="fdfs.E001"))
            continue
        if isinstance(storage, FastDFSStorage):
            try:
                options = storage.options
            except ImproperlyConfigured as error:
                hint = "FDFS_CLIENT_CONF must name a readable client.conf."
                messages.append(Error(str(error), hint=hint, obj=alias, id="fdfs.E002"))
                continue
            messages += _storage(alias, storage, options)
            if storage.named:
                named[alias] = options
    return [*messages, *_open_doors(named), *_strangers(named)]


def _open_doors(named: dict[str, Options]) -> Iterator[CheckMessage]:
    """Private files that have a name in an open storage too: their folder is one of its folders."""
    for (alias, private), (door, other) in permutations(named.items(), 2):
        is_open = not (other.private or other.policy)
        if private.private and is_open and _folder(private).startswith(_folder(other)):
            yield Warning(
                f"The private files of {alias!r} lie in {door!r} too, which serves them to whoever knows their names.",
                hint="Give each a LOCATION outside of the other's, or the open one a POLICY.",
                obj=alias,
                id="fdfs.W003",
            )


def _strangers(named: dict[str, Options]) -> Iterator[CheckMessage]:
    """Storages of two clusters over one table, whose rows do not say in which of them a file is."""
    for (alias, one), (other, another) in combinations(named.items(), 2):
        if one.trackers and another.trackers and set(one.trackers).isdisjoint(another.trackers):
            yield Error(
                f"{alias!r} and {other!r} keep their names in one table and their files in two clusters.",
                hint="Each would share and delete the other's files: one site's named storages need common TRACKERS.",
                obj=other,
                id="fdfs.E010",
            )


def _folder(options: Options) -> str:
    return f"/{getattr(options, 'location', '')}/".replace("//", "/")


def _users(alias: str, storage: FastDFSStorage, options: Options) -> Iterator[CheckMessage]:
    """Who cannot use a storage that gives every file, or only every URL, another name."""
    if alias == "staticfiles" and not storage.named:
        hint = f"Keep static files elsewhere, or use {NAMED_STORAGE} with url_by_name."
        yield Error("Static files cannot live in FastDFS without their names.", hint=hint, obj=alias, id="fdfs.E007")
    if storage.named and not apps.is_installed("django_fdfs_storage.named"):
        hint = 'Add "django_fdfs_storage.named" to INSTALLED_APPS, and migrate.'
        yield Error("A storage with names has no table without its app.", hint=hint, obj=alias, id="fdfs.E001")
    by_name = getattr(options, "url_by_name", False)
    needs = {} if by_name else NEED_URLS_BY_NAME if storage.named else NEED_NAMES
    if alias == "default":
        for app, what in needs.items():
            if apps.is_installed(app):
                yield _unfit(app, what, alias, storage)
    if storage.named and not by_name and issubclass(type(storage), HashedFilesMixin):
        yield _unfit("A hashed style sheet", "it names its pictures relatively", alias, storage)


def _unfit(who: str, why: str, alias: str, storage: FastDFSStorage) -> CheckMessage:
    hint = "Set url_by_name in its OPTIONS" if storage.named else f"Use {NAMED_STORAGE}"
    return Warning(
        f"{who} does not work on this FastDFS storage: {why}.",
        hint=f"{hint} (see the README), or keep its files elsewhere.",
        obj=alias,
        id="fdfs.W002",
    )


def _unknown_keys() -> Iterator[CheckMessage]:
    for key in getattr(settings, NAME, {}):
        if key.lower() not in KNOWN or not key.isupper():
            near = nearest(key)
            hint = f"Did you mean {near.upper()!r}?" if near else "It has no effect."
            yield Warning(f"{NAME} has no setting {key!r}.", hint=hint, id="fdfs.W001")


def _storage(alias: str, storage: FastDFSStorage, options: Options) -> Iterable[CheckMessage]:
    return [
        *_users(alias, storage, options),
        *_addresses(alias, options),
        *_numbers(alias, options),
        *_paths(alias, options),
        *_columns(options),
    ]


def _addresses(alias: str, options: Options) -> Iterator[CheckMessage]:
    if not options.trackers:
        hint = f'Set {NAME} = {{"TRACKERS": ["host:22122"]}}, or FDFS_CLIENT_CONF.'
        yield Error("The FastDFS storage knows no tracker.", hint=hint, obj=alias, id="fdfs.E003")
    for address in [*options.trackers, *options.address_map.values()]:
        try:
            Address.parse(address, default_port=1)
        except ValueError as error:
            yield Error(str(error), hint="Write host:port or [ipv6]:port.", obj=alias, id="fdfs.E004")


def _numbers(alias: str, options: Options) -> Iterator[CheckMessage]:
    for name in ("connect_timeout", "network_timeout", "max_connections", "token_ttl"):
        value = getattr(options, name)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            yield Error(f"{name} is {value!r}.", hint="It is a number above 0.", obj=alias, id="fdfs.E005")


def _paths(alias: str, options: Options) -> Iterator[CheckMessage]:
    for name in ("engine", "metrics", "policy"):
        path = getattr(options, name)
        try:
            found = import_string(path) if path else None
        except ImportError as error:
            yield Error(f"{name}: {error}", hint="Write its dotted path.", obj=alias, id="fdfs.E006")
            continue
        if name == "engine" and not (isinstance(found, type) and issubclass(found, Engine)):
            hint = "Subclass django_fdfs_storage.client.Engine."
            yield Error(f"{path} is no engine.", hint=hint, obj=alias, id="fdfs.E006")
        elif path and not callable(found):
            yield Error(f"{name}: {path} cannot be called.", hint="Name a function.", obj=alias, id="fdfs.E006")


def _columns(options: Options) -> Iterator[CheckMessage]:
    for label in options.references:
        try:
            column(label)
        except ImproperlyConfigured as error:
            yield Error(str(error), hint='Write "app.Model.field".', id="fdfs.E008")


@register(Tags.models)
def check_fields(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every file field is long enough for a file id."""
    return [message for model in apps.get_models() for message in field_messages(model)]


def field_messages(model: type[models.Model]) -> Iterator[CheckMessage]:
    """What is wrong with the file fields of one model."""
    for field, storage in stored_fields(model):
        if not storage.named and (field.max_length or 0) < LONGEST_ID:
            yield Error(
                f"{field} keeps its files in FastDFS and has a max_length of {field.max_length}.",
                hint=f"A file id has up to {LONGEST_ID} characters (inside a trunk); 100 is the default of FileField.",
                obj=model,
                id="fdfs.E009",
            )
