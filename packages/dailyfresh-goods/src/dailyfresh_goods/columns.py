"""The columns of a file of goods: what they are called, and what may stand in them."""

import datetime
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dailyfresh_core.exchange import BadFile
from dailyfresh_core.measures import PIECE, WEIGHT, Measured
from django.core.exceptions import SuspiciousFileOperation, ValidationError
from django.core.files.utils import validate_file_name
from django.db.models import BooleanField, DecimalField, Field, ImageField, IntegerField
from django.utils.translation import gettext as _

from .models import SKU, SPU

OWN = (
    "slug", "name", "description", "price", "market_price", "unit", "origin", "storage", "image",
    "stock", "sales", "limit", "label", "sort_order", "on_sale", "requires_shipping", *Measured.__slots__,
)  # fmt: skip
OF_SPU = {"spu_name": "name", "detail": "detail", "specs": "specs"}
"""Column -> field of the SPU."""

COLUMNS = ("slug", "type", "spu", *OWN[1:], *OF_SPU)
"""All columns; `slug` tells which SKU a row is, `type` the slug of its type, `spu` the slug of a SKU whose SPU it shares."""

REQUIRED = ("slug", "type", "name", "price", "unit")
"""What a row needs that makes a new SKU; to change one, `slug` and the columns to change are enough."""

HEADINGS = {
    "slug": "sku, sku code, item code, code, handle, 货号, 编码, 编号, 商品编码, 商品编号, 商品代码, sku编码",
    "type": "category, product type, 类型, 类别, 分类, 类目, 品类, 商品类型, 商品分类, 商品类别",
    "spu": "product, parent, 所属商品, 同款",
    "spu_name": "spu name, product name of all packs, 商品总名",
    "name": "title, product, product name, item, 名称, 品名, 商品, 商品名, 商品名称, 产品名称",
    "description": "short description, subtitle, summary, 简介, 描述, 副标题, 商品简介",
    "price": "unit price, sale price, 价格, 单价, 售价, 销售价, 现价",
    "market_price": "market price, list price, compare at price, regular price, 市场价, 原价, 划线价",
    "unit": "pack, pack size, size, 单位, 规格, 包装",
    "origin": "country of origin, place of origin, 产地",
    "storage": "storage condition, storage temperature, keep, 储存, 储存方式, 储存条件, 存储方式, 保存方式, 温层",
    "image": "picture, main image, 图片, 主图, 商品图片",
    "stock": "quantity, inventory, qty, in stock, 库存, 数量, 库存数量",
    "sales": "sold, 销量, 已售",
    "limit": "limit per order, maximum quantity, 限购, 每单限购",
    "label": "tag, badge, 标签, 角标",
    "sort_order": "sort order, position, 排序, 序号",
    "on_sale": "on sale, published, active, 上架, 是否上架, 状态",
    "requires_shipping": "requires shipping, physical, 是否配送, 是否发货, 需要配送, 需要发货",
    "sold_by": "sold, 销售方式, 售卖方式, 是否称重",
    "priced_by": "priced, 计价方式",
    "price_grams": "price is for, 计价克重, 计价重量",
    "nominal_grams": "piece weight, 单件克重, 单件重量, 约重",
    "minimum": "minimum quantity, 起购量, 起售量, 最小起订量",
    "step": "quantity step, 递增量, 步长",
    "detail": "details, body, body html, long description, 详情, 商品详情, 图文详情",
    "specs": "specifications, attributes, 参数, 规格参数",
}
"""Column -> what others call it; the first column that knows a heading has it."""

CLEAR = ("[clear]", "[清空]")
"""What a cell says to empty its column; a cell that is empty itself leaves what stands there."""

PROBLEM = "[problem]"
"""Heading of the column that says what is wrong with a row of a file that is given back; it is left out again."""

YES, NO = {"1", "true", "yes", "y", "是", "上架"}, {"0", "false", "no", "n", "否", "下架"}
CHOICES = {
    "件": PIECE,
    "按件": PIECE,
    "按个": PIECE,
    "重量": WEIGHT,
    "按重量": WEIGHT,
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
ERRORS = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NUM!|NAME\?|NULL!|SPILL!|CALC!|GETTING_DATA)")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("row %d") % self.row
        return f"{where}, {self.column}: {self.message}" if self.column else f"{where}: {self.message}"


_COLUMN_OF = {
    name: column
    for column, names in reversed(HEADINGS.items())
    for name in (column, column.replace("_", " "), *names.split(", "))
} | {column: column for column in COLUMNS}


def column_of(heading: str) -> str:
    """The column that a heading means, in English or Chinese; empty when it means none."""
    return _COLUMN_OF.get(" ".join(heading.split()).lower().rstrip("*: ："), "")


def mapping_of(headings: Iterable[str], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Heading -> column, as `given` or as known; empty for what `given` leaves out.

    Raises `BadFile`, once for the whole file, for headings that mean no column, two that mean the same, and none that says which SKU a row is.
    """
    told = {PROBLEM: "", **(given or {})}
    found = {heading: told.get(heading, column_of(heading)) for heading in headings if heading}
    unknown = [heading for heading, column in found.items() if not column and heading not in told]
    if unknown:
        raise BadFile(_("No column of ours is called %s.") % ", ".join(f"“{heading}”" for heading in unknown))
    meaning: dict[str, str] = {}
    for heading, column in found.items():
        if column and (other := meaning.setdefault(column, heading)) != heading:
            names = {"one": other, "other": heading, "column": column}
            raise BadFile(_("Both “%(one)s” and “%(other)s” are taken for the column %(column)s.") % names)
    if "slug" not in meaning:
        raise BadFile(_("No column says which SKU a row is (“slug”)."))
    return found


def label_of(column: str) -> str:
    """A column as staff are shown it, in their language."""
    if column in ("type", "spu"):
        name: object = SKU._meta.get_field(column).verbose_name  # type: ignore[union-attr]
    else:
        name = field_of(column).verbose_name
    return f"{column} · {SPU._meta.verbose_name} · {name}" if column in OF_SPU else f"{column} · {name}"


def field_of(column: str) -> "Field[Any, Any]":
    """The model field behind a column."""
    if column in OF_SPU:
        return SPU._meta.get_field(OF_SPU[column])  # type: ignore[return-value]
    return SKU._meta.get_field("slug" if column in ("type", "spu") else column)  # type: ignore[return-value]


def values_of(row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(column, cleaned value) of every cell that is not empty; what is wrong with it as a `ValidationError` in its place."""
    for column in COLUMNS:
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
    if field.blank and column not in ("type", "spu"):
        return ""
    raise ValidationError(_("This column cannot be emptied."))


def _number(text: str, cell: Any) -> str:
    number = text.lstrip("¥￥ ")
    if isinstance(cell, bool) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", number):
        raise ValidationError(_("Write a number with digits and a point, such as 1234.50."))
    return number


def _stored(name: str) -> str:
    try:
        validate_file_name(name, allow_relative_path=True)
    except SuspiciousFileOperation:
        name = ""
    if not name or "://" in name:
        raise ValidationError(_("Write the path of a picture in the storage, such as skus/pear.webp."))
    field_of("image").run_validators(name)
    return name


def _truth(text: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise ValidationError(_("Write 1 or 0."))
