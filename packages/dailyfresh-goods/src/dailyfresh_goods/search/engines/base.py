"""What the engines on local files share: how an index is read, written and rebuilt."""

import json
import logging
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from haystack import connections
from haystack.backends import BaseSearchBackend
from haystack.constants import ID
from haystack.exceptions import SearchBackendError, SkipDocument
from haystack.models import SearchResult
from haystack.utils import get_identifier

from ...generations import Generations
from .conditions import Tree

logger: logging.Logger = logging.getLogger(__name__)


class IndexUnavailable(SearchBackendError):  # type: ignore[misc]
    """There is no index that can be read; `manage.py search_rebuild` makes one."""


class NoIndexYet(IndexUnavailable):
    """None was built so far."""


class Reader:
    """One generation as it stood at one commit, open for searching."""

    @abstractmethod
    def search(
        self, tree: Tree | None, *, order: list[tuple[str, bool]], start: int, end: int, facets: list[str]
    ) -> tuple[int, list[tuple[str, str, float]], dict[str, dict[str, int]]]:
        """How many fit, (model, key, score) of those from `start` to `end`, and value -> count of each facet.

        `order` is (field, descending) pairs; without it the best scores come first, among equals what is in stock and sells best.
        """

    @abstractmethod
    def digests(self) -> dict[str, str]:
        """Key -> digest of every document."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of the files."""


class LocalBackend(BaseSearchBackend):  # type: ignore[misc]
    """A haystack backend on files of this machine; engines say how to open, read and write one generation.

    It belongs to one thread, as haystack's connections do. While a generation is built aside, the keys of what is written to
    the one that is searched are noted in its file LATE, one a line.
    """

    WAIT: ClassVar = 30.0
    LATE: ClassVar = "late"

    def __init__(self, connection_alias: str, **options: Any) -> None:
        super().__init__(connection_alias, **options)
        if not options.get("PATH"):
            raise ImproperlyConfigured(
                f"HAYSTACK_CONNECTIONS[{connection_alias!r}] needs a PATH: the folder of its index."
            )
        self.generations: Generations = Generations(Path(options["PATH"]))
        self._reader: Reader | None = None
        self._stamp: tuple[int, int] | None = None

    # What an engine says.

    @abstractmethod
    def open(self, folder: Path) -> Reader:
        """A reader of the generation in `folder`; any exception means that it cannot be read."""

    @abstractmethod
    def write(self, folder: Path, documents: Iterable[dict[str, Any]], gone: Iterable[str], *, fresh: bool) -> None:
        """Puts `documents` in the place of those with the same id and takes out the ids of `gone`, in one commit.

        `fresh` says that the generation holds none of them yet.
        """

    @abstractmethod
    def create(self, folder: Path) -> None:
        """Makes an empty generation in `folder`, which exists."""

    # Reading.

    def reader(self) -> Reader:
        """The reader of what was committed last. Raises IndexUnavailable."""
        stamp = self.generations.stamp
        if self._reader is None or stamp is None or self._stamp != stamp:
            folder = self.generations.current
            if folder is None:
                raise self._none()
            try:
                reader = self.open(folder)
            except Exception as error:
                # A generation may be swept away between reading its name and opening it.
                if self.generations.current != folder:
                    return self.reader()
                raise IndexUnavailable(
                    f"{folder} cannot be read ({error!r}): run `manage.py search_rebuild`"
                ) from error
            # The old one goes last: whoosh copies its files, and memory that is freed first has to be got anew.
            if self._reader is not None:
                self._reader.close()
            self._reader, self._stamp = reader, stamp
        return self._reader

    def _none(self) -> NoIndexYet:
        return NoIndexYet(f"{self.generations.root} holds no index yet: run `manage.py search_rebuild`")

    def forget_reader(self) -> None:
        """Makes the next search open the index anew."""
        self._stamp = None

    def search(self, query_string: str, **options: Any) -> dict[str, Any]:
        """haystack's entry: results, hits and facets. Raises IndexUnavailable."""
        if options.get("narrow_queries") or options.get("date_facets") or options.get("query_facets"):
            raise SearchBackendError("narrow(), date and query facets are not supported: use filter() and facet()")
        order = [(field.lstrip("-"), field.startswith("-")) for field in options.get("sort_by") or ()]
        start = options.get("start_offset") or 0
        end = options.get("end_offset")
        facets = [name.removesuffix("_exact") for name in options.get("facets") or ()]
        reader = self.reader()
        try:
            hits, found, counts = reader.search(
                json.loads(query_string) if query_string else None,
                order=order, start=start, end=start + 1000 if end is None else end, facets=facets,
            )  # fmt: skip
        except Exception as error:
            self.forget_reader()
            raise IndexUnavailable(
                f"{self.generations.current} cannot be searched ({error!r}): run `manage.py search_rebuild`"
            ) from error
        result_class = options.get("result_class") or SearchResult
        ordered = {
            name: sorted(values.items(), key=lambda pair: (-pair[1], pair[0])) for name, values in counts.items()
        }
        return {
            "results": [result_class(*label.split("."), key, score) for label, key, score in found],
            "hits": hits,
            "facets": {"fields": ordered, "dates": {}, "queries": {}},
            "spelling_suggestion": None,
        }

    def digests(self) -> dict[str, str]:
        """Key -> digest of every document of the current generation. Raises IndexUnavailable."""
        return self.reader().digests()

    def size(self) -> int:
        """Bytes of the current generation."""
        folder = self.generations.current
        return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) if folder else 0

    def probe(self, *, search: bool) -> None:
        """Raises IndexUnavailable when the index cannot be opened or, if `search` asks for it, not be searched."""
        self.forget_reader()
        self.reader()
        if search:
            self.search("", end_offset=1)

    # Writing.

    def writing(self) -> AbstractContextManager[None]:
        """Holds the writer's lock. Raises Busy when another holds it for longer than WAIT seconds."""
        return self.generations.locked("writer", wait=self.WAIT)

    def draining(self) -> AbstractContextManager[None]:
        """Holds the lock of who works off the marks. Raises Busy at once when another does."""
        return self.generations.locked("drain")

    def documents(self, index: Any, objects: Iterable[Any]) -> Iterator[dict[str, Any]]:
        """The documents of `objects`, as the index class makes them."""
        for obj in objects:
            try:
                yield index.full_prepare(obj)
            except SkipDocument:
                logger.debug("%r is skipped by its index", obj)

    def apply(self, index: Any, objects: Iterable[Any], gone: Iterable[str] = ()) -> None:
        """Brings `objects` into the index and takes `gone` (haystack's ids) out, in one commit; the writer's lock is held.

        Raises IndexUnavailable when there is no index or the engine cannot write to it: a new one that held nothing else would
        be taken for whole.
        """
        documents, gone = list(self.documents(index, objects)), list(gone)
        folder = self.generations.current
        if folder is None:
            raise self._none()
        try:
            self.write(folder, documents, gone, fresh=False)
        except Exception as error:
            raise IndexUnavailable(f"{folder} cannot be written ({error!r}): run `manage.py search_rebuild`") from error
        if built := self.generations.next:
            with suppress(FileNotFoundError), (built / self.LATE).open("a") as file:  # its builder may just have failed
                file.writelines(f"{key}\n" for key in [*(document[ID] for document in documents), *gone])
        self.generations.serve(folder)

    def update(self, index: Any, iterable: Iterable[Any], commit: bool = True) -> None:
        with self.writing():
            self.apply(index, iterable)

    def remove(self, obj_or_string: Any, commit: bool = True) -> None:
        with self.writing():
            self.apply(None, (), [get_identifier(obj_or_string)])

    def clear(self, models: Any = None, commit: bool = True) -> None:
        """Empties the index; `search_rebuild` is the way that leaves it searchable meanwhile. Raises Busy."""
        with self.writing(), self.generations.rebuild() as folder:
            self.create(folder)

    def rebuild(self, index: Any, batches: Iterable[list[Any]], load: Callable[[list[str]], list[Any]]) -> int:
        """Builds a generation aside from `batches`, which are read only then, takes over what changed meanwhile, and swaps; gives the documents' number.

        `load` gives the objects of haystack ids that are still to be found. Raises Busy when another rebuild runs.
        """
        number = 0
        with ExitStack() as until_swapped, self.generations.rebuild() as folder:
            late = folder / self.LATE
            late.touch()
            self.create(folder)
            for objects in batches:
                documents = list(self.documents(index, objects))
                self.write(folder, documents, (), fresh=True)
                number += len(documents)
            until_swapped.enter_context(self.writing())
            keys = sorted(set(late.read_text().split()))
            late.unlink()
            found = {get_identifier(obj): obj for obj in load(keys)}
            gone = [key for key in keys if key not in found]
            self.write(folder, self.documents(index, found.values()), gone, fresh=False)
        return number


def fields_of(alias: str) -> dict[str, Any]:
    """Name in the index -> field, of all index classes of a connection."""
    found: dict[str, Any] = connections[alias].get_unified_index().all_searchfields()
    return found
