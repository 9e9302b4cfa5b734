"""The catalogue's pictures become what pages show: sizes that a process of its own draws, in bounds, of what the storage has."""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta

from dailyfresh_core.background.outbox import Drained, claim, doubling, pause, work_off
from dailyfresh_core.db.rows import portions_of
from dailyfresh_core.images.pictures import Drawing, NotDrawn, Undrawable, Wanted, drawings, kinds_for_pages
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ..conf import conf
from ..models import PICTURED, Picture, Rendition, key_of
from ..signals import pictures_waiting
from .marks import mark, pages_of

logger: logging.Logger = logging.getLogger(__name__)

SQUARES, WHOLES = (240, 400, 800, 1600), (800, 1600)
HOLD = 120
"""Seconds that a worker has a picture to itself: longer than one may take to be drawn and stored."""
PAUSES = doubling(HOLD, 3600)
TRIES = 12
"""About seven hours: a storage that is away comes back, a file that is not there does not."""
AT_ONCE = 200
LARGEST = 64 * 2**20
UNREADABLE = gettext_noop("The file cannot be read.")
TOO_LONG = gettext_noop("The file is larger than 64 MB.")


def expect_pictures(*, names: Iterable[str], uploaded: bool = False) -> None:
    """Let what is not drawn yet be drawn; what was `uploaded` just now, under a name of before too, and pages wait for it."""
    wanted = {key_of(name): name for name in names if name}
    if not wanted:
        return
    known = set(Picture.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    if uploaded and known:
        _draw_again(known)
    now = timezone.now()
    new = [Picture(key=key, name=wanted[key], awaited=uploaded, draw_at=now) for key in sorted(wanted.keys() - known)]
    if new:
        Picture.objects.bulk_create(new, ignore_conflicts=True)
    if new or uploaded:
        pictures_waiting.send(sender=Picture)


def focus_picture(*, picture: Picture, x: int, y: int) -> None:
    """Cut the squares of a picture round another point, percent from the left and the top."""
    with transaction.atomic():
        Picture.objects.filter(pk=picture.pk).update(focus_x=x, focus_y=y)
        _draw_again([picture.pk])
        pictures_waiting.send(sender=Picture)


def _draw_again(keys: Iterable[str]) -> None:
    Picture.objects.filter(pk__in=keys).update(draw_at=timezone.now(), awaited=True, tries=0, refused="")


def draw_all_again() -> None:
    """Let every picture be drawn once more: for other sizes, or a Pillow that knows another kind."""
    Picture.objects.update(draw_at=timezone.now(), tries=0, refused="")


def draw_pictures(*, seconds: float = 20.0, awaited: bool = False) -> Drained:
    """Draw what waits, or only what pages wait for, in random order; what cannot be drawn is refused for good, what cannot be read
    now is tried again.
    """
    waiting = Picture.objects.filter(draw_at__lte=timezone.now()).order_by("tries", "?")
    if awaited:
        waiting = waiting.filter(awaited=True)
    return work_off(waiting[:AT_ONCE], _draw, seconds=seconds)


def _draw(picture: Picture) -> bool:
    until = timezone.now() + pause(picture.tries, PAUSES)
    if not claim(picture, "draw_at", until, tries=F("tries") + 1):
        return True  # another worker has it
    if picture.tries >= TRIES:
        return _end(picture, refused=UNREADABLE)
    try:
        with default_storage.open(picture.name) as file:
            if file.size > LARGEST:
                return _end(picture, refused=TOO_LONG)
            content = file.read()
    except Exception as error:  # noqa: BLE001 - each storage has errors of its own
        logger.warning("The picture %s cannot be read: %s", picture.name, error)
        return False
    wanted = Wanted(kinds_for_pages(), SQUARES, WHOLES, focus=(picture.focus_x, picture.focus_y))
    try:
        drawn = drawings(content, wanted)
    except Undrawable as error:
        with translation.override(None):  # as it stands in the code: each reader has a language of their own
            return _end(picture, refused=str(error))
    except NotDrawn as error:
        logger.warning("The picture %s is tried again: %s", picture.name, error)
        return False
    made = [_kept(picture, one) for one in drawn]
    ended = _end(picture, made=made)
    if not ended:
        for one in made:
            default_storage.delete(str(one.file.name))
    return ended


def _kept(picture: Picture, one: Drawing) -> Rendition:
    """What was drawn, in the storage, which may give it another name."""
    name = f"renditions/{picture.key[:2]}/{picture.key[2:24]}-{one.shape}-{one.width}.{one.kind}"
    name = default_storage.save(name, ContentFile(one.content), max_length=255)
    return Rendition(picture=picture, shape=one.shape, kind=one.kind, width=one.width, height=one.height, file=name)


@transaction.atomic
def _end(picture: Picture, *, made: Iterable[Rendition] = (), refused: str = "") -> bool:
    """False when the claim ran out, and another worker has it now."""
    held = Picture.objects.filter(pk=picture.pk, draw_at=picture.draw_at)
    if not held.update(draw_at=None, awaited=False, tries=0, refused=refused):
        return False
    if made:
        Rendition.objects.filter(picture=picture, retired_at=None).update(retired_at=timezone.now())
        Rendition.objects.bulk_create(made)
    for model, columns in PICTURED.items():
        for column in columns:
            rows = model._default_manager.filter(**{column: picture.name})
            if pks := list(rows.values_list("pk", flat=True)):
                mark(pages_of(model, pks))
    return True


def collect_pictures(*, seconds: float = 20.0) -> Drained:
    """Find pictures that came unheard, let go of those that no row names, and take away what no page shows any more."""
    for names in _named():
        expect_pictures(names=names)
    keep = timedelta(seconds=max(86400, 2 * (conf.CACHE_SECONDS + conf.STALE_SECONDS)))
    old = Picture.objects.filter(created_at__lt=timezone.now() - keep).values_list("pk", "name")
    for some in portions_of(old, AT_ONCE):
        used = {key_of(name) for names in _named(only=[name for _key, name in some]) for name in names}
        _let_go([key for key, _name in some if key not in used])
    gone = Rendition.objects.filter(retired_at__lt=timezone.now() - keep).order_by("?")
    return work_off(gone[:AT_ONCE], _throw_away, seconds=seconds)


def _named(only: list[str] | None = None) -> Iterator[list[str]]:
    """The names in the columns with pictures, in portions."""
    for model, columns in PICTURED.items():
        for column in columns:
            rows = model._default_manager.exclude(**{column: ""}).order_by()
            if only is not None:
                rows = rows.filter(**{f"{column}__in": only})
            names: list[str] = list(rows.values_list(column, flat=True).distinct())
            yield from (list(some) for some in portions_of(names, AT_ONCE))


@transaction.atomic
def _let_go(keys: list[str]) -> None:
    if keys:
        Rendition.objects.filter(picture__in=keys, retired_at=None).update(retired_at=timezone.now())
        Picture.objects.filter(pk__in=keys).delete()


def _throw_away(rendition: Rendition) -> bool:
    default_storage.delete(str(rendition.file.name))
    rendition.delete()
    return True


def why_refused(picture: Picture) -> str:
    """Why a picture is not shown, in the language that is active."""
    return _(picture.refused) if picture.refused else ""
