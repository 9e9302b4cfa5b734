"""The cells of a file of goods: what may stand in them, and what it means."""

import datetime
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from dailyfresh_core.pricing.measures import PIECE, WEIGHT, Grams, read
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.utils import validate_file_name
from django.db.models import BooleanField, DecimalField, Field, ImageField, IntegerField
from django.utils.translation import gettext as _

from ..conf import conf
from ..models import SKU, PictureSource
from .columns import all_columns, field_of, parted
from .fetching import Refused, target_of

CLEAR = ("[clear]", "[清空]")
"""What a cell says to empty its column; a cell that is empty itself leaves what stands there."""

YES, NO = {"1", "true", "yes", "y", "是", "上架"}, {"0", "false", "no", "n", "否", "下架"}
CHOICES: dict[str, str] = {
    "件": PIECE,
    "按件": PIECE,
    "按个": PIECE,
    "计件": PIECE,
    "重量": WEIGHT,
    "按重": WEIGHT,
    "按重量": WEIGHT,
    "计重": WEIGHT,
    "称重": WEIGHT,
    "散称": WEIGHT,
    "按斤": WEIGHT,
    "常温": SKU.Storage.AMBIENT,
    "阴凉": SKU.Storage.AMBIENT,
    "冷藏": SKU.Storage.CHILLED,
    "保鲜": SKU.Storage.CHILLED,
    "冷冻": SKU.Storage.FROZEN,
}
"""What others write for the ways to sell, to price and to keep."""
WEIGHTS = ("price_grams", "nominal_grams")
QUANTITIES = ("stock", "sales", "limit", "minimum", "step")
"""Columns in which a weight may stand with its unit: 500g, 20 kg, 1斤. A quantity has one where the SKU is sold by weight."""
ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|GETTING_DATA)")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Address(str):
    """Of a picture that is to be fetched."""

    __slots__ = ()


def values_of(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(column, cleaned value) of every cell that is not empty; what is wrong with it as a `ValidationError` in its place."""
    for column in all_columns():
        cell = row.get(column)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            yield column, _clean(column, cell)
        except ValidationError as error:
            yield column, error


def _clean(column: str, cell: Any) -> Any:
    text, field = text_of(cell), field_of(column)
    if text.lower() in CLEAR:
        return _cleared(column, field)
    if column == "type":
        return text
    if column == "sold_by" and text.lower() in YES | NO:  # under a heading that asks whether it is weighed
        return WEIGHT if _truth(text) else PIECE
    if column in (*WEIGHTS, *QUANTITIES) and isinstance(weight := read(text), Grams):
        number = field.clean(int(weight), None)
        return Grams(number) if column in QUANTITIES else number
    if isinstance(field, BooleanField):
        return _truth(text)
    if isinstance(field, IntegerField | DecimalField):
        return field.clean(_number(text, cell), None)
    if isinstance(field, ImageField):
        return _stored(text)
    return field.clean(CHOICES.get(text, text.lower()) if field.choices else text, None)


def text_of(cell: Any) -> str:
    """A cell as text; a number as it reads. Raises ValidationError for what a spreadsheet or a program has made of a text."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and math.isfinite(cell):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, int | Decimal):
        return str(cell)
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        raise ValidationError(_("The spreadsheet has made a date of it (%s): format the column as text.") % cell)
    if not isinstance(cell, str):
        raise ValidationError(_("This is no text and no number."))
    text = cell.replace("\r\n", "\n").strip()
    if ERRORS.fullmatch(text):
        raise ValidationError(_("The formula gives an error (%s).") % text)
    if control := CONTROL.search(text):
        raise ValidationError(_("It holds the control character U+%04X.") % ord(control[0]))
    return text


def _cleared(column: str, field: "Field[Any, Any]") -> Any:
    if field.null:
        return None
    if parted(column)[1] or (field.blank and column not in ("type", "spu")):
        return ""
    raise ValidationError(_("This column cannot be emptied."))


def _number(text: str, cell: Any) -> str:
    number = text.lstrip("¥￥ ")
    if isinstance(cell, bool) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        raise ValidationError(_("Write a number with digits and a point, such as 1234.50."))
    return number


def _stored(name: str) -> str:
    if "://" in name:
        return _address(name)
    try:
        validate_file_name(name, allow_relative_path=True)
    except SuspiciousFileOperation:
        name = ""
    if not name:
        raise ValidationError(_("Write the path of a picture in the storage, such as skus/pear.webp."))
    field_of("image").run_validators(name)
    return name


def _address(text: str) -> Address:
    try:
        target_of(text, conf.PICTURE_HOSTS)
    except Refused as error:
        raise ValidationError(_(str(error))) from error
    PictureSource._meta.get_field("origin").run_validators(text)
    return Address(text)


def _truth(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValidationError(_("Write 1 or 0."))
