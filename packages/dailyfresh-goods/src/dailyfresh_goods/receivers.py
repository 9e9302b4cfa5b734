"""Hears every change of the catalogue and marks what shows it, in the transaction of the change."""

from typing import Any

from dailyfresh_core.waking import wake
from django.db.models import Model
from django.db.models.signals import post_save, pre_delete, pre_save

from .conf import conf
from .models import SKU, SPU, Band, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage
from .pages.keys import HOME, SITE, list_key
from .services import announce, mark, mark_stock_changed, pages_showing
from .signals import import_begun, pages_marked, rows_changed
from .tasks import drain_pages, run_imports

HOME_MODELS = (HomeBanner, Promotion, HomeTypeGoods)
OF_GOODS = ("name", "slug")
"""What of a type is a part of its goods."""


def _skus(model: type[Model], pks: list[int]) -> list[int]:
    """The SKUs that the rows belong to."""
    if model is SKU:
        return pks
    if model is SPU:
        return list(SKU.objects.filter(spu_id__in=pks).values_list("pk", flat=True))
    if model is SKUImage:
        return list(SKU.objects.filter(images__in=pks).values_list("pk", flat=True).distinct())
    return []


def _mark(model: type[Model], pks: list[int]) -> None:
    """Mark what shows the rows as they stand in the database now."""
    if model in HOME_MODELS:
        mark([HOME])
    elif model is GoodsType:
        # The types stand on every page; a slug that goes takes its addresses along.
        slugs = GoodsType.objects.filter(pk__in=pks).values_list("slug", flat=True)
        mark([SITE, *map(list_key, slugs)])
    else:
        skus = _skus(model, pks)
        mark(pages_showing(skus))
        announce(skus)


def _announce_types(pks: list[int]) -> None:
    announce(SKU.objects.filter(type_id__in=pks).values_list("pk", flat=True))


def before_save(sender: type[Model], instance: Model, raw: bool = False, **_: Any) -> None:
    """Where the row is shown so far: a SKU may leave a type, an SPU or the shop."""
    if instance.pk is not None and not instance._state.adding and not raw:
        _mark(sender, [instance.pk])
        if isinstance(instance, GoodsType):
            was = GoodsType.objects.values_list(*OF_GOODS).filter(pk=instance.pk)
            if tuple(getattr(instance, name) for name in OF_GOODS) not in was:
                _announce_types([instance.pk])


def after_save(sender: type[Model], instance: Model, raw: bool = False, **_: Any) -> None:
    """Where the row is shown from now on. A fixture's rows may refer to rows that are not there yet."""
    if raw:
        mark([SITE])
        return
    _mark(sender, [instance.pk])
    if isinstance(instance, SKU) and _band_is_unknown(instance):
        mark_stock_changed(sku_ids=[str(instance.pk)])


def _band_is_unknown(sku: SKU) -> bool:
    """Whether the stock was saved as an expression. Django 6 puts the number in its place afterwards."""
    stock: object = sku.stock
    return not isinstance(stock, int) or Band.of(stock) != sku.band


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


def wake_drain(**_: Any) -> None:
    """Pages were marked."""
    wake(drain_pages, tasks=conf.TASKS)


def wake_imports(**_: Any) -> None:
    """A file waits."""
    wake(run_imports, tasks=conf.TASKS)


def connect() -> None:
    """Connect the receivers; called once by the app."""
    for model in (SKU, SPU, SKUImage, GoodsType, *HOME_MODELS):
        name = f"dailyfresh_goods.{model.__name__}"
        pre_save.connect(before_save, sender=model, dispatch_uid=f"{name}.before_save")
        post_save.connect(after_save, sender=model, dispatch_uid=f"{name}.after_save")
        pre_delete.connect(before_delete, sender=model, dispatch_uid=f"{name}.before_delete")
        rows_changed.connect(on_rows_changed, sender=model, dispatch_uid=f"{name}.rows_changed")
    pages_marked.connect(wake_drain, dispatch_uid="dailyfresh_goods.wake_drain")
    import_begun.connect(wake_imports, dispatch_uid="dailyfresh_goods.wake_imports")
