"""The columns of a file of goods, and what they are called."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dailyfresh_core.exchange import BadFile
from dailyfresh_core.i18n.languages import others, source
from dailyfresh_core.pricing.measures import Measured
from django.db.models import Field
from django.utils.translation import gettext as _

from ..models import SKU, SPU

OWN = (
    "slug", "name", "description", "price", "market_price", "unit", "origin", "storage", "image",
    "stock", "sales", "limit", "label", "sort_order", "on_sale", "requires_shipping", *Measured.__slots__,
)  # fmt: skip
OF_SPU = {"spu_name": "name", "detail": "detail", "specs": "specs"}
"""Column -> field of the SPU."""

COLUMNS = ("slug", "type", "spu", *OWN[1:], *OF_SPU)
"""All columns; `slug` tells which SKU a row is, `type` the slug of its type, `spu` the slug of a SKU whose SPU it shares."""

TRANSLATED: dict[str, type[SKU] | type[SPU]] = {
    **dict.fromkeys(SKU.TRANSLATED, SKU),
    **{column: SPU for column, name in OF_SPU.items() if name in SPU.TRANSLATED},
}
"""Column -> whose text it is, of those that may be said in other languages too: in columns such as "name (en)"."""

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

PROBLEM = "[problem]"
"""Heading of the column that says what is wrong with a row of a file that is given back; it is left out again."""

IN = re.compile(r"(.*\S)\s*[(（]([^()（）]+)[)）]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell; `column` is empty when it is the whole row."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        where = _("row %d") % self.row
        return f"{where}, {self.column}: {self.message}" if self.column else f"{where}: {self.message}"


def in_words_of_file(problems: Iterable[Problem], mapping: Mapping[str, str]) -> list[Problem]:
    """The problems with their columns called as the file does (`mapping`: heading -> column), or as staff read them where it has none."""
    headings = {column: heading for heading, column in mapping.items() if column}
    labels = {column: label_of(column) for column in all_columns()} | headings | {"": ""}
    return [replace(problem, column=labels.get(problem.column, problem.column)) for problem in problems]


_COLUMN_OF = {
    name: column
    for column, names in reversed(HEADINGS.items())
    for name in (column, column.replace("_", " "), *names.split(", "))
} | {column: column for column in COLUMNS}


def column_of(heading: str) -> str:
    """The column that a heading means, in English or Chinese; empty when it means none."""
    words = " ".join(heading.split()).lower().rstrip("*: ：")
    if words not in _COLUMN_OF and (said := IN.fullmatch(words)):
        return _column_in(_COLUMN_OF.get(said[1], ""), said[2].strip())
    return _COLUMN_OF.get(words, "")


def _column_in(column: str, language: str) -> str:
    """The column for a text in a language, which its code or its name says; the column itself for the shop's own."""
    if column not in TRANSLATED:
        return ""
    if language == source():
        return column
    codes = (code for code, name in others() if language in (code, name.lower()))
    return next((f"{column} ({code})" for code in codes), "")


def all_columns() -> tuple[str, ...]:
    """`COLUMNS`, and those for what the site says in other languages."""
    return (*COLUMNS, *(f"{column} ({code})" for code, _name in others() for column in TRANSLATED))


def parted(column: str) -> tuple[str, str]:
    """A column and the code of its language, empty for the shop's own."""
    said = IN.fullmatch(column)
    return (said[1], said[2]) if said else (column, "")


def told_of(values: Mapping[str, Any], model: type[SKU] | type[SPU]) -> dict[str, dict[str, str]]:
    """What the columns say in other languages of the SKU, or of its SPU: code -> field -> text, empty where it is to be none."""
    told: dict[str, dict[str, str]] = {}
    for column, value in values.items():
        name, code = parted(column)
        if code and TRANSLATED[name] is model:
            told.setdefault(code, {})[OF_SPU.get(name, name)] = value
    return told


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
            names = {"one": other, "other": heading, "column": label_of(column)}
            raise BadFile(_("Both “%(one)s” and “%(other)s” are taken for the column %(column)s.") % names)
    if "slug" not in meaning:
        raise BadFile(_("No column says which SKU a row is (“slug”)."))
    return found


def label_of(column: str) -> str:
    """A column as staff are shown it, in their language."""
    plain, code = parted(column)
    if code:
        return f"{column} · {field_of(plain).verbose_name} · {dict(others())[code]}"
    if column in ("type", "spu"):
        name: object = SKU._meta.get_field(column).verbose_name  # type: ignore[union-attr]
    else:
        name = field_of(column).verbose_name
    return f"{column} · {SPU._meta.verbose_name} · {name}" if column in OF_SPU else f"{column} · {name}"


def field_of(column: str) -> "Field[Any, Any]":
    """The model field behind a column."""
    column = parted(column)[0]
    if column in OF_SPU:
        return SPU._meta.get_field(OF_SPU[column])  # type: ignore[return-value]
    return SKU._meta.get_field("slug" if column in ("type", "spu") else column)  # type: ignore[return-value]
