"""Hears every change of the catalogue and marks what shows it, in the transaction of the change."""

from typing import Any

from dailyfresh_core.background.waking import wake_on
from django.db.models import Model
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_save, pre_delete, pre_save

from .conf import conf
from .models import PICTURED, SKU, SPU, Band, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage
from .pages.keys import SITE
from .services import announce, expect_pictures, mark, mark_stock_changed, pages_of, skus_of
from .signals import import_begun, pages_marked, pictures_ordered, pictures_waiting, rows_changed
from .tasks import drain_pages, draw_new_pictures, fetch_pictures, run_imports

UPLOADS = "_dailyfresh_uploads"
"""Attribute of a row on its way into the database: its columns whose files come with it."""
OF_GOODS = ("name", "slug", "translations")
"""What of a type is a part of its goods."""


def _mark(model: type[Model], pks: list[int]) -> None:
    """Mark what shows the rows as they stand in the database now."""
    mark(pages_of(model, pks))
    announce(skus_of(model, pks))


def _announce_types(pks: list[int]) -> None:
    announce(SKU.objects.filter(type_id__in=pks).values_list("pk", flat=True))


def before_save(sender: type[Model], instance: Model, raw: bool = False, **_: Any) -> None:
    """Where the row is shown so far: a SKU may leave a type, an SPU or the shop."""
    instance.__dict__[UPLOADS] = [
        column for column, file in _files(instance).items() if not getattr(file, "_committed", True)
    ]
    if instance.pk is not None and not instance._state.adding and not raw:
        _mark(sender, [instance.pk])
        if isinstance(instance, GoodsType):
            was = GoodsType.objects.values_list(*OF_GOODS).filter(pk=instance.pk)
            if tuple(getattr(instance, name) for name in OF_GOODS) not in was:
                _announce_types([instance.pk])


def after_save(
    sender: type[Model], instance: Model, raw: bool = False, update_fields: frozenset[str] | None = None, **_: Any
) -> None:
    """Where the row is shown from now on. A fixture's rows may refer to rows that are not there yet."""
    if raw:
        mark([SITE])
        return
    _mark(sender, [instance.pk])
    if update_fields is None or update_fields & set(PICTURED.get(sender, ())):
        uploads = {str(getattr(instance, column)) for column in instance.__dict__.pop(UPLOADS, ())}
        expect_pictures(names=uploads, uploaded=True)
        expect_pictures(names={str(file) for file in _files(instance).values()} - uploads)
    if isinstance(instance, SKU) and _band_is_unknown(instance):
        mark_stock_changed(sku_ids=[str(instance.pk)])


def _files(row: Model) -> dict[str, FieldFile]:
    """Column -> file of the row's pictures, those that are loaded."""
    columns = (column for column in PICTURED.get(type(row), ()) if column in row.__dict__)
    return {column: file for column in columns if (file := getattr(row, column))}


def _band_is_unknown(sku: SKU) -> bool:
    """Whether the stock was saved as an expression. Django 6 puts the number in its place afterwards."""
    stock: object = sku.stock
    return not isinstance(stock, int | None) or Band.of(stock, sku.minimum) != sku.band


def before_delete(sender: type[Model], instance: Model, **_: Any) -> None:
    """Where the row is shown for the last time."""
    _mark(sender, [instance.pk])


def on_rows_changed(sender: type[Model], pks: list[int], columns: frozenset[str], before: bool, **_: Any) -> None:
    """A bulk method is about to change rows, or has."""
    _mark(sender, pks)
    if sender is SKU and not before:
        mark_stock_changed(sku_ids=map(str, pks))
    if sender is GoodsType and not before and columns & set(OF_GOODS):
        _announce_types(pks)
    if not before and sender in PICTURED:
        drawn = [column for column in PICTURED[sender] if not columns or column in columns]
        rows = sender._default_manager.filter(pk__in=pks).values_list(*drawn) if drawn else ()
        expect_pictures(names={name for row in rows for name in row})


def connect() -> None:
    """Connect the receivers; called once by the app."""
    for model in (SKU, SPU, SKUImage, GoodsType, HomeBanner, Promotion, HomeTypeGoods):
        name = f"dailyfresh_goods.{model.__name__}"
        pre_save.connect(before_save, sender=model, dispatch_uid=f"{name}.before_save")
        post_save.connect(after_save, sender=model, dispatch_uid=f"{name}.after_save")
        pre_delete.connect(before_delete, sender=model, dispatch_uid=f"{name}.before_delete")
        rows_changed.connect(on_rows_changed, sender=model, dispatch_uid=f"{name}.rows_changed")
    wake_on(pages_marked, drain_pages, conf, uid="dailyfresh_goods.pages_marked")
    wake_on(pictures_waiting, draw_new_pictures, conf, uid="dailyfresh_goods.pictures_waiting")
    wake_on(pictures_ordered, fetch_pictures, conf, uid="dailyfresh_goods.pictures_ordered")
    wake_on(import_begun, run_imports, conf, uid="dailyfresh_goods.import_begun")
