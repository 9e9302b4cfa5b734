"""Under which names a named storage keeps its files, and in which table."""

import posixpath
from typing import TYPE_CHECKING, Any

from django.core.exceptions import SuspiciousFileOperation
from django.db import router
from django.db.models import QuerySet

from ..conf import NamedOptions, Options
from ..storage import FastDFSStorage
from . import lookups
from .models import LONGEST_NAME, StoredFile


class Proposed(str):
    """A name on its way through Django's `save`: nobody asks whether it is free, for the insert of its row will tell."""

    __slots__ = ("most",)
    most: int

    @classmethod
    def of(cls, name: str, most: int) -> "Proposed":
        """The name, and how many characters it and another one in its place may have."""
        proposed = cls(name)
        proposed.most = most
        return proposed


class Names(FastDFSStorage):
    """The part of a named storage that knows names."""

    kind: type[Options] = NamedOptions
    named: bool = True

    if TYPE_CHECKING:

        @property
        def options(self) -> NamedOptions:
            """The options that hold now."""

    @property
    def using(self) -> str:
        """The database with the table."""
        return router.db_for_write(StoredFile)

    @property
    def rows(self) -> "QuerySet[StoredFile]":
        """The table."""
        return StoredFile._base_manager.using(self.using)

    def full_name(self, name: str) -> str:
        """The name in the table; SuspiciousFileOperation when it would leave the location."""
        return lookups.full_name(self.options.location, name)

    def row_name(self, name: str) -> str:
        """The same for a new row; SuspiciousFileOperation when it does not fit either."""
        full = self.full_name(name)
        if len(full) > LONGEST_NAME:
            raise SuspiciousFileOperation(f"{name!r} is longer than the {LONGEST_NAME} characters of the table")
        return full

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Save under this name, or under another one when its row proves that it is taken."""
        wanted = getattr(content, "name", None) if name is None else name
        if wanted is None:
            raise ValueError("A file needs a name to be saved under.")
        return str(super().save(Proposed.of(str(wanted), self._most(max_length)), content, max_length))

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that is free, of at most `max_length` characters and as many as the table takes."""
        most = self._most(max_length)
        if isinstance(name, Proposed) and len(name) <= most:
            return name
        free = super(FastDFSStorage, self).get_available_name(str(name), most)
        return Proposed.of(free, most) if isinstance(name, Proposed) else free

    def _most(self, max_length: int | None) -> int:
        most = LONGEST_NAME - len(self.full_name("x")) + 1
        return min(most, max_length or most)

    def is_name_available(self, name: str, max_length: int | None = None) -> bool:
        """Whether a file can be saved under this name."""
        if self.options.allow_overwrite:
            return not (max_length and len(name) > max_length)
        return bool(super().is_name_available(name, max_length))

    def get_alternative_name(self, file_root: str, file_ext: str) -> str:
        """Another name, unless the file of this one may be replaced."""
        if self.options.allow_overwrite:
            return f"{file_root}{file_ext}"
        return str(super().get_alternative_name(file_root, file_ext))

    def another_name(self, name: str) -> str:
        """A free name in place of one that proved to be taken while it was saved."""
        most = name.most if isinstance(name, Proposed) else self._most(None)
        free = super(FastDFSStorage, self).get_available_name(str(name), most)
        if free == name:  # as where files may be replaced
            free = super().get_alternative_name(*posixpath.splitext(name))
        return Proposed.of(free, most)
