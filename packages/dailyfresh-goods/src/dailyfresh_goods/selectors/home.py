"""What the home page shows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from ..conf import conf
from ..models import SKU, HomeBanner, HomeTypeGoods, Promotion
from .cards import Card, cards
from .pictures import Album, Shown
from .types import TypeInfo, goods_types

Display = HomeTypeGoods.Display


@dataclass(frozen=True, slots=True)
class Slide:
    """A banner or a promotion; `tone` the slug of its goods' type, empty without goods."""

    title: str
    text: str
    label: str
    image: Shown
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Floor:
    """A type with the goods the merchant chose for it."""

    type: TypeInfo
    titles: list[Card] = field(default_factory=list)
    pictures: list[Card] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Home:
    """All that the home page shows; `fresh` holds the newest goods as long as the merchant chose none, `seconds`
    how long all this holds: to the next turn of a banner.
    """

    types: list[TypeInfo]
    slides: list[Slide]
    promotions: list[Slide]
    offers: list[Card]
    floors: list[Floor]
    fresh: list[Card]
    seconds: float


def home() -> Home:
    """What the home page shows now, in five statements, one for the ratings and one while nothing is chosen."""
    now = timezone.now()
    types = goods_types()
    chosen = list(HomeTypeGoods.objects.filter(sku__on_sale=True).select_related("sku__type"))
    newest = [] if chosen else list(SKU.objects.filter(on_sale=True).select_related("type").order_by("-id")[:10])
    # One SKU may be shown in several places: one card for all, so that the ratings are asked once.
    unique = {row.sku_id: row.sku for row in chosen} | {sku.pk: sku for sku in newest}
    banners, promoted = _running(HomeBanner, now), _running(Promotion, now)
    album = Album(row.image for row in (*unique.values(), *banners, *promoted))
    by_id = {card.sku_id: card for card in cards(unique.values(), album=album)}
    places: dict[tuple[int, int], list[Card]] = defaultdict(list)
    for row in chosen:
        places[row.type_id, row.display].append(by_id[str(row.sku_id)])
    floors = [Floor(type_, places[type_.pk, Display.TITLE], places[type_.pk, Display.PICTURE]) for type_ in types]
    turns = [moment for row in (*banners, *promoted) for moment in (row.starts_at, row.ends_at) if moment]
    return Home(
        types=types,
        slides=_slides(banners, album, now),
        promotions=_slides(promoted, album, now),
        offers=[by_id[str(row.sku_id)] for row in chosen if row.display == Display.OFFER],
        floors=[floor for floor in floors if floor.titles or floor.pictures],
        fresh=[by_id[str(sku.pk)] for sku in newest],
        seconds=min([conf.CACHE_SECONDS, *((moment - now).total_seconds() for moment in turns if moment > now)]),
    )


def _running(model: type[HomeBanner] | type[Promotion], now: datetime) -> list[HomeBanner | Promotion]:
    """Those that have not ended."""
    return list(model.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now)).select_related("sku__type"))


def _slides(rows: list[HomeBanner | Promotion], album: Album, now: datetime) -> list[Slide]:
    """Those whose time is now."""
    return [
        Slide(
            row.said.title,
            row.said.text,
            row.said.label,
            album.whole(row.image),
            row.link,
            row.sku.type.slug if row.sku else "",
        )
        for row in rows
        if row.starts_at is None or row.starts_at <= now
    ]


def turned(since: datetime | None) -> bool:
    """Whether a scheduled banner or promotion began or ended after `since`."""
    for model in (HomeBanner, Promotion):
        for column in ("starts_at", "ends_at"):
            rows = model.objects.filter(**{f"{column}__lte": timezone.now()})
            if since is not None:
                rows = rows.filter(**{f"{column}__gt": since})
            if rows.exists():
                return True
    return False
