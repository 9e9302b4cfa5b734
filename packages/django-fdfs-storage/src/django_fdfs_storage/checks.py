"""System checks of the settings, with ids fdfs.E001 and so on (see README)."""

from collections.abc import Iterator, Mapping
from inspect import unwrap
from itertools import combinations, permutations
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import InvalidStorageError, storages
from django.db import models
from django.urls import Resolver404, resolve

from .conf import KNOWN, NAME, Options, nearest
from .exceptions import FastDFSError
from .names import LONGEST_ID
from .references import stored_fields
from .storage import FastDFSStorage
from .values import value_messages

NAMED_STORAGE = "django_fdfs_storage.named.storage.NamedFastDFSStorage"
SOME_ID = f"group1/M00/00/00/{'A' * 34}"
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
    for alias, storage, options in _storages(messages):
        messages += [*_users(alias, storage, options), *value_messages(alias, options)]
        if storage.named:
            named[alias] = options
    return [*messages, *_open_doors(named), *_strangers(named)]


def _storages(faults: list[CheckMessage]) -> Iterator[tuple[str, FastDFSStorage, Options]]:
    """The storages that keep their files in FastDFS; what keeps one from being built goes to the faults."""
    for alias in settings.STORAGES:
        try:
            storage = storages[alias]
        except (InvalidStorageError, ImproperlyConfigured) as error:
            if "FastDFS" in str(settings.STORAGES[alias].get("BACKEND")):
                faults.append(Error(str(error), hint="See the settings in the README.", obj=alias, id="fdfs.E001"))
            continue
        except FastDFSError as error:
            hint = "A manifest of static files is read as soon as its storage is built: keep it on disk (manifest_storage)."
            faults.append(Warning(f"It needs a cluster that answers: {error}", hint=hint, obj=alias, id="fdfs.W005"))
            continue
        if isinstance(storage, FastDFSStorage):
            try:
                yield alias, storage, storage.options
            except ImproperlyConfigured as error:
                hint = "FDFS_CLIENT_CONF must name a readable client.conf."
                faults.append(Error(str(error), hint=hint, obj=alias, id="fdfs.E002"))


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


@register(Tags.urls)
def check_urls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The view `media` answers the URLs of each storage that leans on it: of private files, and of names."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    doors = {alias: options for alias, _, options in _storages([])}
    return [message for alias in doors for message in _url_messages(alias, doors)]


def _url_messages(alias: str, doors: dict[str, Options]) -> Iterator[CheckMessage]:
    options = doors[alias]
    by_name = getattr(options, "url_by_name", False)
    reasons = [name for name in ("private", "policy", "url_by_name") if getattr(options, name, None)]
    base = options.base_url or settings.MEDIA_URL
    urls = base.values() if isinstance(base, Mapping) else [base]
    for url in {str(each) for each in urls} if reasons else ():
        answered_for = _answered_for(f"{urlsplit(url).path.rstrip('/')}/{'name.txt' if by_name else SOME_ID}", alias)
        if answered_for not in doors or _door(doors[answered_for]) != _door(options):
            where = f"answers for {answered_for!r}" if answered_for else "is not there"
            kept = "" if alias == "default" else f', {{"storage": "{alias}"}}'
            yield Warning(
                f"{alias!r} has {' and '.join(reasons)}, which is for the view `media`; but at {url} that {where}.",
                hint=f'Set BASE_URL to where the URLconf has it: path("media/<path:name>", media{kept}).',
                obj=alias,
                id="fdfs.W004",
            )


def _door(options: Options) -> tuple[Any, ...]:
    """What two storages have in common where either may answer for the other: the same names, under the same conditions."""
    return _folder(options), options.private, options.policy, options.token_secret


def _answered_for(path: str, alias: str) -> str | None:
    """The alias of the storage whose files are at this path of the site; a view of its own is taken for the right one."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    view = unwrap(getattr(match.func, "func", match.func))
    place = (getattr(view, "__module__", ""), getattr(view, "__name__", ""))
    if place == ("django_fdfs_storage.views", "media"):
        return str({**getattr(match.func, "keywords", {}), **match.kwargs}.get("storage", "default"))
    return None if place == ("django.views.static", "serve") else alias


@register(Tags.models)
def check_fields(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every file field is long enough for a file id."""
    try:
        return [message for model in apps.get_models() for message in field_messages(model)]
    except (InvalidStorageError, ImproperlyConfigured, FastDFSError):
        # A storage that cannot be built is told of above.
        return []


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
