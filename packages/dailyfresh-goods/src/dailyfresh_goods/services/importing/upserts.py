"""Writing many SKUs at once, each with its SPU, and of both only the columns that were given."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from dailyfresh_core.db.rows import lock_in_order
from dailyfresh_core.i18n.translations import Told, layered
from django.db import connection
from django.utils import timezone

from ...import_export.columns import OF_SPU, OWN, told_of
from ...models import SKU, SPU, Band, PictureSource
from ...signals import pictures_ordered
from ..goods import own_spu
from ..marks import announce, mark, pages_showing

LONG = 50  # texts in one statement, which a server may limit to 16 MB


class Arriving(NamedTuple):
    """A picture that is not in the storage: what it is known by, and its name in the archive where it lies in one."""

    origin: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row to be written: column -> cleaned value, the SKU it changes or None, the key of its type if it names one, and
    the SKU whose SPU it shares, if it names one that is in the shop.
    """

    values: dict[str, Any]
    sku: SKU | None
    type_id: int | None
    pack: SKU | None
    picture: Arriving | None = None

    @property
    def texts(self) -> dict[str, Any]:
        """Field of the SPU -> value, but for what it says in other languages."""
        return {name: self.values[column] for column, name in OF_SPU.items() if column in self.values}

    @property
    def told(self) -> Told:
        """What the SKU says in other languages."""
        return told_of(self.values, SKU)

    @property
    def told_of_spu(self) -> Told:
        """What its SPU does."""
        return told_of(self.values, SPU)

    @property
    def moves(self) -> bool:
        """Whether the row names the SPU of another SKU."""
        return self.values.get("spu") not in (None, self.values["slug"])


def says_nothing_new(wanted: Wanted) -> bool:
    """Whether the SKU is as the row says: then nothing is written, and no page is made anew."""
    sku = wanted.sku
    if sku is None or wanted.type_id not in (None, sku.type_id):
        return False
    if wanted.moves and (wanted.pack is None or wanted.pack.spu_id != sku.spu_id):
        return False
    if not _has_picture(sku, wanted):
        return False
    own = {column: value for column, value in wanted.values.items() if column in OWN}
    return not _differing(sku, own, wanted.told) and not _differing(sku.spu, wanted.texts, wanted.told_of_spu)


def _has_picture(sku: SKU, wanted: Wanted) -> bool:
    """Whether nothing is to be done for a picture from elsewhere, or against one that is still to come."""
    source: PictureSource | None = getattr(sku, "source", None)
    if wanted.picture:
        return bool(source and source.says(wanted.picture.origin))
    return not (source and source.due_at and "image" in wanted.values)


def _differing(row: SKU | SPU, values: dict[str, Any], told: Told) -> dict[str, Any]:
    """The values, as they are stored, that are others than those of the row. Forms end lines with CR LF, files with LF."""
    found = {}
    if told:
        values = values | {"translations": layered(row.translations, told)}
    for name, value in values.items():
        stored, there = row._meta.get_field(name).get_prep_value(value), getattr(row, name)  # type: ignore[union-attr]
        if stored != (there.replace("\r\n", "\n").strip() if isinstance(there, str) else there):
            found[name] = stored
    return found


def write(good: list[Wanted]) -> None:
    """Write the rows with their marks; a transaction is open."""
    spus = _spus(good)
    rows: list[SKU] = []
    # Rows that give the same columns go in one statement: no other column may be written, since the stock,
    # say, was read before and may have been sold meanwhile.
    alike: dict[frozenset[str], list[SKU]] = {}
    marked = [wanted.sku.pk for wanted in good if wanted.sku]
    for wanted, spu_id in zip(good, spus, strict=True):
        row = _row(wanted)
        row.spu_id = spu_id
        rows.append(row)
        alike.setdefault(frozenset(wanted.values), []).append(row)
    lock_in_order(SKU.objects.filter(pk__in=marked))
    _tell(good, rows)
    shown = pages_showing(marked)  # so far
    for touched, some in alike.items():
        _upsert(some, touched)
    pks = list(SKU.objects.filter(slug__in=[row.slug for row in rows]).values_list("pk", flat=True))
    _keep_sources(good)
    mark(shown | pages_showing(pks))
    announce(pks)


def _keep_sources(good: list[Wanted]) -> None:
    """Write down where the pictures come from; those at an address are due, and whatever was to come before is not any more."""
    pictured = {one.values["slug"]: one for one in good if one.picture or "image" in one.values}
    skus = list(SKU.objects.filter(slug__in=pictured).only("slug", "image"))
    PictureSource.objects.filter(sku__in=skus).delete()
    now = timezone.now()
    sources = [
        PictureSource(
            sku=sku,
            origin=picture.origin,
            replaces=sku.image.name or "",
            name=pictured[sku.slug].values.get("image", ""),
            due_at=None if picture.member else now,
        )
        for sku in skus
        if (picture := pictured[sku.slug].picture)
    ]
    PictureSource.objects.bulk_create(sources)
    if any(source.due_at for source in sources):
        pictures_ordered.send(sender=PictureSource)


def _row(wanted: Wanted) -> SKU:
    """The SKU as it shall be, without its key: the slug decides."""
    fields = (f.attname for f in SKU._meta.concrete_fields if not f.primary_key)
    row = SKU(**{name: getattr(wanted.sku, name) for name in fields}) if wanted.sku else SKU()
    for column in OWN:
        if column in wanted.values:
            setattr(row, column, wanted.values[column])
    row.type_id = wanted.type_id or row.type_id
    row.band, row.sales_rank = Band.of(row.stock, row.minimum), row.sold
    return row


def _tell(good: list[Wanted], rows: list[SKU]) -> None:
    """Give the rows, which are locked by now, what the file says in other languages: another may have told more since they were read."""
    told = {wanted.values["slug"]: wanted.told for wanted in good if wanted.told}
    known = dict(SKU.objects.filter(slug__in=told).values_list("slug", "translations")) if told else {}
    for row in rows:
        if more := told.get(row.slug):
            row.translations = layered(known.get(row.slug, {}), more)


def _upsert(rows: list[SKU], touched: frozenset[str]) -> None:
    columns = {column for column in touched if column in (*OWN, "type", "spu") and column != "slug"}
    columns |= {"translations"} if told_of(dict.fromkeys(touched, ""), SKU) else set()
    columns |= {"updated_at"} | ({"band"} if touched & {"stock", "minimum"} else set())
    # With the row, not by the next look at the sales: each page would be made twice.
    columns |= {"sales_rank"} if touched & {"sales", "sold_by", "price_grams"} else set()
    targets = ["slug"] if connection.features.supports_update_conflicts_with_target else None
    # The plain manager: the marks are written here, for the whole batch.
    SKU.untracked.bulk_create(rows, update_conflicts=True, update_fields=sorted(columns), unique_fields=targets)


def _spus(good: list[Wanted]) -> list[int]:
    """The key of the SPU of each row: made where a new SKU shares none, and with the texts that the rows give."""
    placed: dict[str, SPU | int] = {}
    texts: dict[int, dict[str, Any]] = {}
    told: dict[int, Told] = {}
    for wanted in good:
        values, there = wanted.values, wanted.pack if wanted.moves else wanted.sku
        spu: SPU | int
        if there is not None:
            spu = there.spu_id
        elif wanted.moves:  # to a SKU that is new in a row above
            spu = placed[values["spu"]]
        else:
            spu = own_spu(values["name"], wanted.told)
        placed[values["slug"]] = spu
        if isinstance(spu, SPU):
            for name, text in wanted.texts.items():
                setattr(spu, name, text)
            spu.translations = layered(spu.translations, wanted.told_of_spu)
        elif wanted.texts or wanted.told_of_spu:
            texts.setdefault(spu, {}).update(wanted.texts)
            told[spu] = layered(told.get(spu, {}), wanted.told_of_spu)
    _create(list({id(spu): spu for spu in placed.values() if isinstance(spu, SPU)}.values()))
    _rewrite(texts, told)
    return [spu.pk if isinstance(spu, SPU) else spu for spu in placed.values()]


def _create(spus: list[SPU]) -> None:
    if connection.features.can_return_rows_from_bulk_insert:
        SPU.untracked.bulk_create(spus)
        return
    for spu in spus:  # MySQL tells a key of one row alone
        spu.save(force_insert=True)


def _rewrite(texts: dict[int, dict[str, Any]], told: dict[int, Told]) -> None:
    """Give the SPUs their new texts, with all that follows for pages."""
    # As with SKUs: a text that is not given may have been written by another since it was read.
    alike: dict[frozenset[str], list[SPU]] = {}
    for spu in SPU.objects.filter(pk__in=texts):
        if differing := _differing(spu, texts[spu.pk], told[spu.pk]):
            for column, text in differing.items():
                setattr(spu, column, text)
            alike.setdefault(frozenset(differing), []).append(spu)
    for columns, some in alike.items():
        SPU.objects.bulk_update(some, columns, batch_size=LONG)
