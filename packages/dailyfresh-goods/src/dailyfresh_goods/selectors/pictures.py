"""Pictures as pages show them: each in the sizes that were drawn of it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Case, Exists, F, Func, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.files import FieldFile
from django.db.models.functions import SHA256

from ..models import PICTURED, SKU, Picture, Rendition, SKUImage, key_of

Sizes = tuple[tuple[int, str], ...]
USUAL = 400
"""Pixels of the size that is given to whom chooses none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture: (width, address) of each size from the smallest, by kind; false where there is none to show, or none yet."""

    webp: Sizes = ()
    avif: Sizes = ()
    original: str = ""

    def __bool__(self) -> bool:
        return bool(self.webp or self.original)

    @property
    def url(self) -> str:
        """The address of a size that does in a list."""
        return self.at(USUAL)

    @property
    def largest(self) -> str:
        return self.webp[-1][1] if self.webp else self.original

    def at(self, width: int) -> str:
        """The address of the smallest size that is at least so wide, or of the largest there is."""
        return next((url for own, url in self.webp if own >= width), self.largest)


NONE = Shown()
LINE = 160
"""Pixels of the picture of a cart's or an order's line: 80 on a fine screen."""


class Key(SHA256):
    """`key_of`, in the database."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """By a function of PostgreSQL's own: Django's would need an extension."""
        template = "ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')"
        return Func.as_sql(self, compiler, connection, template=template, **extra)


def with_line_picture(skus: QuerySet[SKU]) -> QuerySet[SKU]:
    """The SKUs with what `line_picture` reads, in the statement that asks for them."""
    key = Key(OuterRef("image"))
    drawn = Rendition.objects.filter(picture=key, shape="square", kind="webp", retired_at=None)
    # The smallest that is wide enough, else the largest.
    enough = Case(When(width__gte=LINE, then=F("width")), default=2**31 - 1 - F("width"))
    hidden = Picture.objects.filter(Q(awaited=True) | ~Q(refused=""), pk=key)
    return skus.annotate(drawn=Subquery(drawn.order_by(enough).values("file")[:1]), hidden=Exists(hidden))


def line_picture(sku: SKU) -> str:
    """The address of the picture of a line, cut out round its focus; of SKUs of `with_line_picture`."""
    if sku.drawn:  # type: ignore[attr-defined]  # annotated
        return default_storage.url(sku.drawn)  # type: ignore[attr-defined]
    return "" if sku.hidden or not sku.image else sku.image.url  # type: ignore[attr-defined]


def shown_with(names: Iterable[str]) -> dict[str, list[Model]]:
    """File -> what is shown with it: goods, types, banners; a further picture belongs to its goods."""
    wanted = set(names)
    found: dict[str, dict[Model, None]] = defaultdict(dict)
    for model, columns in PICTURED.items():
        for column in columns:
            rows = model._default_manager.filter(**{f"{column}__in": wanted})
            for row in rows.select_related("sku") if model is SKUImage else rows:
                name, row = str(getattr(row, column)), getattr(row, "sku", row) if model is SKUImage else row
                found[name][row] = None
    return {name: list(rows) for name, rows in found.items()}


class Album:
    """The pictures of files, looked up together in one statement."""

    def __init__(self, files: Iterable[FieldFile]) -> None:
        self.hidden: set[str] = set()
        self.names: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
        if keys := {key_of(file.name) for file in files if file.name}:
            columns = (f"renditions__{name}" for name in ("shape", "kind", "width", "file"))
            rows = Picture.objects.filter(pk__in=keys, renditions__retired_at=None)
            for key, awaited, refused, shape, kind, width, name in rows.values_list(
                "pk", "awaited", "refused", *columns
            ):
                if name:
                    self.names[key, shape, kind].append((width, name))
                elif awaited or refused:
                    self.hidden.add(key)

    def square(self, file: FieldFile) -> Shown:
        """What is cut out round the focus."""
        return self._shown(file, "square")

    def whole(self, file: FieldFile) -> Shown:
        return self._shown(file, "whole")

    def _shown(self, file: FieldFile, shape: str) -> Shown:
        if not file.name:
            return NONE
        key = key_of(file.name)
        if (key, shape, "webp") in self.names:
            return Shown(self._sizes(key, shape, "webp"), self._sizes(key, shape, "avif"))
        return NONE if key in self.hidden else Shown(original=file.url)

    def _sizes(self, key: str, shape: str, kind: str) -> Sizes:
        return tuple(
            (width, default_storage.url(name)) for width, name in sorted(self.names.get((key, shape, kind), ()))
        )
