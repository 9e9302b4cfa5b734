"""Under which names a named storage keeps its files, and in which table."""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.db import router
from django.db.models import QuerySet

from ..conf import NamedOptions, Options
from ..storage import FastDFSStorage
from . import lookups
from .models import LONGEST_NAME, StoredFile

# How long a name may be that is being saved; 0 when none is.
_longest: ContextVar[int] = ContextVar("longest", default=0)


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

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        """Save under this name, or under another one when its row proves that it is taken."""
        inside = _longest.set(self._most(max_length))
        try:
            return str(super().save(name, content, max_length))
        finally:
            _longest.reset(inside)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """A name that is free, of at most `max_length` characters and as many as the table takes.

        While a file is saved nobody asks whether the name is free: the insert of its row will tell.
        """
        most = self._most(max_length)
        if _longest.get() and len(str(name)) <= most:
            return str(name)
        return super(FastDFSStorage, self).get_available_name(name, most)

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
        return super(FastDFSStorage, self).get_available_name(name, _longest.get() or self._most(None))
