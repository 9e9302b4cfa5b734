"""Pictures that buyers sent become what is shown: each drawn anew by a process of its own, in bounds."""

import logging

from dailyfresh_core.background.outbox import Drained, claim, doubling, pause, work_off
from dailyfresh_core.images.pictures import NotDrawn, Undrawable, drawn
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import get_random_string

from ...models import Refund, RefundPicture, Review, ReviewPicture, SentPicture
from ...signals import review_published

logger: logging.Logger = logging.getLogger(__name__)

SIDE = 1600
HOLD = 120
"""Seconds that a worker has a picture to itself: longer than one may take to be drawn and stored."""
PAUSES = doubling(HOLD, 3600)
TRIES = 12
"""About seven hours: a storage that is away comes back."""
TOO_LONG = 3
"""Times that a picture may take longer than it has: the machine may be busy once, and hardly three times."""
AT_ONCE = 100


def draw_pictures(*, seconds: float = 20.0) -> Drained:
    """Draw what waits. A picture that cannot be drawn is refused for good, one whose storage is away is tried again; those of a request
    that was taken back go.
    """
    now = timezone.now()
    reviews = ReviewPicture.objects.filter(draw_at__lte=now).select_related("review").order_by("tries", "draw_at")
    refunds = RefundPicture.objects.filter(draw_at__lte=now).select_related("refund").order_by("tries", "draw_at")
    return work_off([*refunds[:AT_ONCE], *reviews[:AT_ONCE]], _draw, seconds=seconds)


def _draw(picture: SentPicture) -> bool:
    if not claim(picture, "draw_at", timezone.now() + pause(picture.tries, PAUSES), tries=F("tries") + 1):
        return True  # another worker has it
    if isinstance(picture, RefundPicture) and picture.refund.state == Refund.State.WITHDRAWN:
        return _throw_away(picture)
    if picture.tries >= TRIES:
        return _refuse(picture)
    sent = picture.sent
    with sent.open() as file:
        content = file.read()
    try:
        image = ContentFile(drawn(content, side=SIDE))
    except Undrawable:
        return _refuse(picture)
    except NotDrawn as error:
        again = picture.tries + 1 < TOO_LONG
        logger.warning(
            "%s %s is %s: %s", type(picture).__name__, picture.pk, "tried again" if again else "refused", error
        )
        return not again and _refuse(picture)
    field = picture.image.field
    name = field.storage.save(field.generate_filename(picture, f"{get_random_string(20)}.jpg"), image)
    if not _end(picture, state=SentPicture.State.SHOWN, image=name):
        field.storage.delete(name)
        return False
    sent.storage.delete(str(sent.name))
    return True


def _refuse(picture: SentPicture) -> bool:
    """Its owner reads on the page of the order that it cannot be drawn."""
    sent = picture.sent
    storage, name = sent.storage, str(sent.name)
    ended = _end(picture, state=SentPicture.State.REFUSED)
    if ended:
        storage.delete(name)
    return ended


def _throw_away(picture: SentPicture) -> bool:
    for file in (picture.sent, picture.image):
        if file:
            file.storage.delete(str(file.name))
    picture.delete()
    return True


@transaction.atomic
def _end(picture: SentPicture, **changes: str) -> bool:
    """False when the claim ran out, and another worker has it now."""
    held = type(picture)._default_manager.filter(pk=picture.pk, draw_at=picture.draw_at)
    if not held.update(sent="", draw_at=None, **changes):
        return False
    if isinstance(picture, ReviewPicture) and picture.review.state == Review.State.PUBLISHED:
        review_published.send(Review, sku_id=picture.review.sku_id)
    return True
