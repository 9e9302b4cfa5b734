"""Reviews: written once for each line, after receipt; published at once or after approval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dailyfresh_core.db.retrying import retried
from django.core.files.base import File
from django.db import IntegrityError, transaction

from ..conf import conf
from ..exceptions import AlreadyReviewed, IllegalTransition
from ..models import Order, Review, ReviewPicture
from ..signals import pictures_sent, review_published
from .locking import lock_order, lock_review
from .pictures.uploading import drop, waiting
from .transitions import finish

REVIEWABLE = (Order.State.RECEIVED, Order.State.DONE)


@dataclass(frozen=True)
class Words:
    """What a buyer says about one line."""

    stars: int
    text: str = ""
    pictures: "Sequence[File[bytes]]" = ()


def masked(name: str) -> str:
    """A user name of which strangers see the first character only: it is what somebody signs in with."""
    return f"{name[:1]}***"


def review_order(*, order: Order, words: Mapping[int, Words], anonymous: bool) -> list[Review]:
    """Write reviews of a received order: primary key of the line -> what is said about it.

    The order is done once every line has its review. Raises IllegalTransition before receipt and AlreadyReviewed when a line has one
    already, also when two submissions race; PicturesAway when the storage does not take them. Pictures go to the storage as they are
    before the transaction, and are deleted when it fails; `draw_pictures` makes what is shown of them.
    """
    pictures: dict[int, list[ReviewPicture]] = {pk: [] for pk in words}
    try:
        for pk, said in words.items():
            for picture in said.pictures:
                pictures[pk].append(waiting(ReviewPicture, picture))
        return _write(order, words, pictures, anonymous)
    except Exception as error:
        drop(one for some in pictures.values() for one in some)
        if isinstance(error, IntegrityError):
            raise AlreadyReviewed from error
        raise


@retried
@transaction.atomic
def _write(
    order: Order, words: Mapping[int, Words], pictures: Mapping[int, list[ReviewPicture]], anonymous: bool
) -> list[Review]:
    locked = lock_order(order.pk)
    if locked.state not in REVIEWABLE:
        raise IllegalTransition(locked, locked.state, Order.State.DONE)
    lines = {line.pk: line for line in locked.lines.select_related("review")}
    if any(hasattr(lines[pk], "review") for pk in words):
        raise AlreadyReviewed
    name = locked.user.get_username() if locked.user else ""
    state = Review.State.PENDING if conf.REVIEWS_MODERATED else Review.State.PUBLISHED
    reviews = []
    for pk, said in words.items():
        review = Review.objects.create(
            line=lines[pk],
            sku_id=lines[pk].sku_id,
            user=locked.user,
            author="" if anonymous else masked(name),
            stars=said.stars,
            text=said.text,
            state=state,
        )
        for picture in pictures[pk]:
            picture.review = review
        ReviewPicture.objects.bulk_create(pictures[pk])
        reviews.append(review)
    if any(pictures.values()):
        pictures_sent.send(Review)
    if locked.state == Order.State.RECEIVED and all(
        pk in words or hasattr(line, "review") or not line.whole for pk, line in lines.items()
    ):
        finish(locked, by=name, why="every line is reviewed")
    if state == Review.State.PUBLISHED:
        for sku_id in sorted({review.sku_id for review in reviews}):
            review_published.send(Review, sku_id=sku_id)
    return reviews


@retried
@transaction.atomic
def moderate(*, review_id: int, state: str) -> bool:
    """Publish or hide a review; False when it is so already. `review_published` tells the site that the SKU's reviews changed."""
    review = lock_review(review_id)
    if review.state == state:
        return False
    visible = Review.State.PUBLISHED in (review.state, state)
    review.state = state
    review.save(update_fields=["state"])
    if visible:
        review_published.send(Review, sku_id=review.sku_id)
    return True


@retried
@transaction.atomic
def reply_to(*, review_id: int, text: str) -> None:
    """Set the shop's answer under a review; an empty text takes it away."""
    review = lock_review(review_id)
    review.reply = text
    review.save(update_fields=["reply"])
    if review.state == Review.State.PUBLISHED:
        review_published.send(Review, sku_id=review.sku_id)
