"""Pictures that buyers sent become what is shown: each drawn anew by a process of its own, in bounds."""

import logging
from datetime import timedelta

from dailyfresh_core.outbox import Drained, claim, work_off
from dailyfresh_core.pictures import NotDrawn, Undrawable, drawn
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from ..models import RefundPicture, Review, ReviewPicture, SentPicture
from ..signals import review_published

logger = logging.getLogger(__name__)

SIDE = 1600
HOLD = timedelta(seconds=60)
"""How long a worker has a picture to itself: longer than one may take to be drawn."""
AT_ONCE = 100


def draw_pictures(*, seconds: float = 20.0) -> Drained:
    """Draw what waits. A picture that cannot be drawn is refused for good, one whose storage is away is tried again."""
    now = timezone.now()
    reviews = ReviewPicture.objects.filter(draw_at__lte=now).select_related("review").order_by("draw_at")
    refunds = RefundPicture.objects.filter(draw_at__lte=now).order_by("draw_at")
    return work_off([*refunds[:AT_ONCE], *reviews[:AT_ONCE]], _draw, seconds=seconds)


def _draw(picture: SentPicture) -> bool:
    if not claim(picture, "draw_at", timezone.now() + HOLD):
        return True  # another worker has it
    sent = picture.sent
    with sent.open() as file:
        content = file.read()
    try:
        image = ContentFile(drawn(content, side=SIDE))
    except Undrawable:
        ended = _end(picture, state=SentPicture.State.REFUSED)
    except NotDrawn as error:
        logger.warning("%s %s is tried again: %s", type(picture).__name__, picture.pk, error)
        return False
    else:
        field = picture.image.field
        name = field.storage.save(field.generate_filename(picture, f"{get_random_string(20)}.jpg"), image)
        ended = _end(picture, state=SentPicture.State.SHOWN, image=name)
        if not ended:
            field.storage.delete(name)
    if ended:
        sent.storage.delete(str(sent.name))
    return ended


@transaction.atomic
def _end(picture: SentPicture, **changes: str) -> bool:
    """False when the claim ran out, and another worker has it now."""
    held = type(picture)._default_manager.filter(pk=picture.pk, draw_at=picture.draw_at)
    if not held.update(sent="", draw_at=None, **changes):
        return False
    if isinstance(picture, ReviewPicture) and picture.review.state == Review.State.PUBLISHED:
        review_published.send(Review, sku_id=picture.review.sku_id)
    return True
