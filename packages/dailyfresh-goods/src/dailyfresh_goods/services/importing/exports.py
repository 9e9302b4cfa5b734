"""Giving goods out by the file, as it is taken in."""

from collections.abc import Iterator
from typing import Any

from dailyfresh_core.db.rows import in_portions
from dailyfresh_core.i18n.translations import read
from django.db.models import OuterRef, QuerySet, Subquery

from ...import_export.cells import CLEAR
from ...import_export.columns import OF_SPU, OWN, TRANSLATED, all_columns, parted
from ...models import SKU

BATCH = 500


def export_goods(*, skus: "QuerySet[SKU]") -> Iterator[dict[str, Any]]:
    """Rows of `all_columns` as `import_goods` takes them, one by one; `spu` is the slug of the SPU's first SKU."""
    columns = all_columns()
    told = {column: parted(column) for column in columns if parted(column)[1]}
    packs = SKU.objects.filter(spu=OuterRef("spu")).order_by("pk").values("slug")
    for sku in in_portions(skus.select_related("type", "spu").annotate(first_pack=Subquery(packs[:1])), BATCH):
        row: dict[str, Any] = {column: getattr(sku, column) for column in OWN}
        row |= {"type": sku.type.slug, "spu": sku.first_pack}  # type: ignore[attr-defined]  # annotated
        row |= {"image": sku.image.name, "on_sale": int(sku.on_sale), "requires_shipping": int(sku.requires_shipping)}
        if sku.stock is None:  # an empty cell would say nothing, and a new SKU would then have none
            row["stock"] = CLEAR[0]
        row |= {column: getattr(sku.spu, name) for column, name in OF_SPU.items()}
        for column, (name, code) in told.items():
            texts = read((sku if TRANSLATED[name] is SKU else sku.spu).translations)
            row[column] = texts.get(code, {}).get(OF_SPU.get(name, name), "")
        yield {column: row[column] for column in columns}
