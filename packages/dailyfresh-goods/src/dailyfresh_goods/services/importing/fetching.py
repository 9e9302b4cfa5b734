"""The pictures that files of goods name addresses of: an outbox of what is to be fetched, worked off beside the requests."""

import logging
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from dailyfresh_core.background.outbox import Drained, claim, doubling, pause, work_off
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone, translation

from ...conf import conf
from ...import_export.fetching import Refused, Unreachable, fetch
from ...models import SKU, PictureSource
from ...signals import pictures_ordered
from .keeping import keep_picture

logger: logging.Logger = logging.getLogger(__name__)

PAUSES = doubling(120, 3600)
"""Seconds; the first is longer than one may take to be fetched and stored."""
TRIES = 12
"""About seven hours: a host that is away comes back."""
AT_ONCE = 200


def fetch_pictures(*, seconds: float = 20.0) -> Drained:
    """Fetch what is due, in random order; a host that fails three times in a row is left alone until the next run."""
    due = PictureSource.objects.filter(due_at__lte=timezone.now()).order_by("tries", "?")
    return work_off(due[:AT_ONCE], _fetch, seconds=seconds, lane=lambda source: urlsplit(source.origin).hostname)


def fetch_again(*, sources: Iterable[PictureSource]) -> int:
    """Let those that were given up be tried once more; how many."""
    with transaction.atomic():
        given_up = PictureSource.objects.filter(pk__in=[source.pk for source in sources], due_at=None).exclude(error="")
        n = given_up.update(due_at=timezone.now(), tries=0, error="")
        if n:
            pictures_ordered.send(sender=PictureSource)
    return n


def _fetch(source: PictureSource) -> bool:
    until = timezone.now() + pause(source.tries, PAUSES)
    source.tries += 1
    if not claim(source, "due_at", until, tries=source.tries):
        return True  # another worker has it
    try:
        with translation.override(None):  # as it stands in the code: each reader has a language of their own
            name = keep_picture(fetch(source.origin, hosts=conf.PICTURE_HOSTS))
    except Refused as error:
        return _end(source, error=str(error))
    except ValidationError as error:
        return _end(source, error=" ".join(error.messages))
    except Unreachable as error:
        logger.warning("The picture at %s was not fetched: %s", source.origin, error)
        over = source.tries >= TRIES
        return _end(source, error=str(error), due_at=None if over else source.due_at) and over
    if not _end(source, name=name):
        default_storage.delete(name)
    return True


@transaction.atomic
def _end(source: PictureSource, *, name: str = "", error: str = "", due_at: datetime | None = None) -> bool:
    """Whether it was still ours to end, and the SKU took the picture, if there is one."""
    mine = PictureSource.objects.filter(pk=source.pk, due_at=source.due_at)
    if not mine.update(name=name, error=error[:200], due_at=due_at, changed_at=timezone.now()):
        return not name
    return not name or bool(SKU.objects.filter(pk=source.sku_id, image=source.replaces).update(image=name))
