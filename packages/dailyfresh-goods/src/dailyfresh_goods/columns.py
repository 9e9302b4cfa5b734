"""The columns of a file of goods, and what may stand in them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from .models import SKU, SPU

OWN = (
    "slug", "name", "description", "price", "market_price", "unit", "origin", "image",
    "stock", "sales", "limit", "label", "sort_order", "on_sale",
)  # fmt: skip
OF_SPU = ("detail", "specs")
COLUMNS = ("slug", "type", "spu", *OWN[1:], *OF_SPU)
"""All columns; `slug` tells which SKU a row is, `type` the slug of its type, `spu` the name that packs share."""

REQUIRED = ("slug", "type", "name", "price", "unit")
"""What a row needs that makes a new SKU; to change one, `slug` and the columns to change are enough."""

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What JSON can say and text cannot hold: NUL is refused by PostgreSQL, half a character by every driver."""

YES, NO = {"1", "true", "yes", "y", "是"}, {"0", "false", "no", "n", "否"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("row %d") % self.row
        return f"{where}, {self.column}: {self.message}" if self.column else f"{where}: {self.message}"


def unknown(columns: Iterable[str]) -> list[str]:
    """Columns that are none of ours."""
    return [name for name in columns if name and name not in COLUMNS]


def field_of(column: str) -> "Field[Any, Any]":
    """The model field behind a column."""
    model = SPU if column in OF_SPU else SKU
    return model._meta.get_field(column)  # type: ignore[return-value]


def values_of(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """(column, cleaned value) of every column given; a `Problem`'s message as `ValidationError` in its place."""
    for column in COLUMNS:
        if column in row:
            try:
                yield column, _clean(column, _storable(row[column]))
            except ValidationError as error:
                yield column, error


def _storable(value: Any) -> Any:
    if isinstance(value, str) and UNSTORABLE.search(value):
        raise ValidationError(_("This has characters that no database keeps."))
    return value


def _clean(column: str, value: Any) -> Any:
    if column in ("type", "spu"):
        text = str(value or "").strip()
        if (column == "type" and not text) or len(text) > 80:
            raise ValidationError(_("This field is required.") if not text else _("This is too long."))
        return text
    if column == "on_sale":
        return _boolean(value)
    field = field_of(column)
    if value is None or value == "":
        if field.null:
            return None
        if field.blank or column == "detail":
            return ""
        if field.has_default() and column != "slug":
            return field.get_default()
    if isinstance(value, float):  # a number from a spreadsheet: 9.9, or 12.0 for a whole one
        value = int(value) if value.is_integer() else Decimal(repr(value))
    cleaned = field.clean(str(value) if field.get_internal_type() in ("CharField", "SlugField") else value, None)
    if column == "image":
        return str(value)
    return cleaned


def _boolean(value: Any) -> bool:
    text = str(value).strip().lower()
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValidationError(_("Write 1 or 0."))
