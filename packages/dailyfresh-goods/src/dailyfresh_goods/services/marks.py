"""Marking pages as stale: a row each in the transaction of the change, and the cache's versions after it."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model, Q
from django.utils import timezone

from ..exceptions import CacheUnavailable
from ..models import SKU, SPU, GoodsType, HomeBanner, HomeTypeGoods, Promotion, SKUImage, StalePage, pk_of
from ..pages.cache import invalidate
from ..pages.keys import HOME, SITE, detail_key, groups_of, list_key
from ..signals import goods_changed, pages_marked

logger: logging.Logger = logging.getLogger(__name__)

MANY = 500
"""Changed SKUs from which on everything is marked by one row instead of thousands."""


def mark(keys: Iterable[str]) -> None:
    """Mark pages by their keys (`pages.keys`).

    The rows are in the open transaction. After its commit the cache's versions move, so that no outdated
    page comes out of the cache; should the process die in between, the drain moves them.
    """
    unique = sorted(set(keys))
    if not unique:
        return
    # Without a savepoint: what waits for the commit is then known to be as sure as the change, and waits once.
    with transaction.atomic(savepoint=False):
        now = timezone.now()
        StalePage.objects.bulk_create([StalePage(key=key, marked_at=now) for key in unique])
        groups = groups_of(unique)
        transaction.on_commit(lambda: _move(groups), robust=True)
        pages_marked.send(sender=StalePage)


def _move(groups: set[str]) -> None:
    try:
        invalidate(groups)
    except CacheUnavailable:
        logger.warning("The drain will move the versions of %d pages: the cache is down", len(groups))


def pages_showing(pks: Iterable[int]) -> set[str]:
    """The pages that show one of the SKUs as they stand in the database now.

    These are its own page and those of its SPU's other packs, the lists of its type while it is on sale,
    and the home page where the merchant placed it.
    """
    wanted = list(pks)
    if len(wanted) > MANY:
        return {SITE}
    rows = list(SKU.objects.filter(pk__in=wanted).values_list("pk", "spu_id", "type__slug", "on_sale"))
    spus = {spu for _pk, spu, _slug, _on_sale in rows}
    keys = {detail_key(pk) for pk in wanted}
    keys |= {detail_key(pk) for pk in SKU.objects.filter(spu_id__in=spus).values_list("pk", flat=True)}
    keys |= {list_key(slug) for _pk, _spu, slug, on_sale in rows if on_sale}
    shown = Q(sku_id__in=wanted)
    if any(model.objects.filter(shown).exists() for model in (HomeTypeGoods, HomeBanner, Promotion)):
        keys.add(HOME)
    elif not HomeTypeGoods.objects.filter(sku__on_sale=True).exists():
        keys.add(HOME)  # nobody chose anything: it shows the newest goods
    return keys


def skus_of(model: type[Model], pks: list[int]) -> list[int]:
    """The SKUs that rows of the catalogue belong to."""
    if model is SKU:
        return pks
    if model is SPU:
        return list(SKU.objects.filter(spu_id__in=pks).values_list("pk", flat=True))
    if model is SKUImage:
        return list(SKU.objects.filter(images__in=pks).values_list("pk", flat=True).distinct())
    return []


def pages_of(model: type[Model], pks: list[int]) -> set[str]:
    """The pages that show rows of the catalogue as they stand in the database now."""
    if model in (HomeBanner, Promotion, HomeTypeGoods):
        return {HOME}
    if model is GoodsType:
        # The types stand on every page; a slug that goes takes its addresses along.
        return {SITE, *map(list_key, GoodsType.objects.filter(pk__in=pks).values_list("slug", flat=True))}
    return pages_showing(skus_of(model, pks))


def announce(pks: Iterable[int]) -> None:
    """Send `goods_changed` for the SKUs, inside the transaction."""
    ids = sorted(set(pks))
    if ids:
        goods_changed.send(sender=SKU, sku_ids=ids)


def mark_stale(*, sku_ids: Iterable[str]) -> None:
    """Mark every page that shows one of the SKUs, for a change outside the catalogue such as a new review.

    Ids that name no SKU of ours are passed over.
    """
    pks = {pk for pk in map(pk_of, sku_ids) if pk is not None}
    if pks:
        with transaction.atomic():
            mark(pages_showing(pks))
            announce(pks)
