"""Which columns of the site's database refer to stored files, and to which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models.functions import Cast

from .conf import Options, resolve
from .storage import FastDFSStorage

# The part of a file id that a file shares with its slave files, found in the middle of text too. The
# group stays out: in a text it may touch other characters.
_FAMILY = re.compile(r"M[0-9A-F]{2}/[0-9A-F]{2}/[0-9A-F]{2}/[A-Za-z0-9_-]{27}")


@dataclass(frozen=True)
class Column:
    """A column that may hold file ids, alone or in the middle of text."""

    model: type[models.Model]
    name: str

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"

    @property
    def field(self) -> Any:
        """The field of the model."""
        return self.model._meta.get_field(self.name)

    @property
    def has_names(self) -> bool:
        """Whether it holds the names of a named storage."""
        return isinstance(self.field, models.FileField) and bool(getattr(self.field.storage, "named", False))

    @property
    def rows(self) -> "models.QuerySet[Any]":
        """All rows that hold something here."""
        return self.model._base_manager.exclude(**{self.name: ""}).exclude(**{f"{self.name}__isnull": True})

    def values(self) -> Iterator[str]:
        """What they hold, read in batches."""
        return (str(value) for value in self.rows.order_by().values_list(self.name, flat=True).iterator())

    def holds(self, name: str) -> bool:
        """Whether a row refers to this file: a file field by its whole value, another column anywhere in its text.

        The database may compare without regard to case, which names need; so Python has the last word.
        """
        if isinstance(self.field, models.FileField):
            return name in map(str, self.rows.filter(**{self.name: name}).values_list(self.name, flat=True))
        # As text, because "contains" means another thing to a JSON column. What only looks like the name keeps its file.
        rows = self.rows.annotate(fdfs_text=Cast(self.name, models.TextField()))
        found = rows.filter(fdfs_text__contains=name).values_list("fdfs_text", flat=True)
        return any(name in str(value) for value in found)

    def replace(self, pk: Any, old: str, new: str) -> int:
        """Name another file in a row, and give the number of rows.

        Another process may have given it another file in the meantime: that one stays.
        """
        return self.model._base_manager.filter(pk=pk, **{self.name: old}).update(**{self.name: new})


def family_of(file_id: str) -> str | None:
    """What a file id shares with those of its slave files."""
    match = _FAMILY.search(file_id)
    return match[0] if match else None


def families_in(text: str) -> list[str]:
    """The same for every file id in a text."""
    return _FAMILY.findall(text)


@cache
def file_fields(model: type[models.Model]) -> tuple[models.FileField, ...]:
    """The file fields of a model, wherever their files are."""
    return tuple(field for field in model._meta.concrete_fields if isinstance(field, models.FileField))


def stored_fields(model: type[models.Model]) -> list[tuple[models.FileField, FastDFSStorage]]:
    """The file fields of a model that keep their files in FastDFS, each with its storage."""
    return [(field, field.storage) for field in file_fields(model) if isinstance(field.storage, FastDFSStorage)]


def column(label: str) -> Column:
    """The column "app.Model.field"; ImproperlyConfigured when there is none."""
    try:
        model_label, name = label.rsplit(".", 1)
        model = apps.get_model(model_label)
        model._meta.get_field(name)
    except (ValueError, LookupError, FieldDoesNotExist) as error:
        raise ImproperlyConfigured(f'{label!r} is no column "app.Model.field": {error}') from error
    return Column(model, name)


def file_columns(where: FastDFSStorage | None = None) -> list[Column]:
    """Every file field of the site that keeps its files in FastDFS, or in this storage of it."""
    return [
        Column(model, field.attname)
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy and model._meta.managed
        for field, storage in stored_fields(model)
        if field.model is model and (where is None or storage == where)
    ]


def site_columns() -> list[Column]:
    """Those, and the ones that the site names in FDFS_STORAGE["REFERENCES"]."""
    return list(dict.fromkeys([*file_columns(), *map(column, resolve(Options, {}).references)]))


def all_columns() -> list[Column]:
    """Those, and the table of named files."""
    named = ["fdfs_named.StoredFile.file_id"] if apps.is_installed("django_fdfs_storage.named") else []
    return [*site_columns(), *map(column, named)]
