"""Pictures on their way in: to the storage as they are, before anything is written of them."""

from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar

from django.core.files.base import File
from django.utils import timezone

from ...exceptions import PicturesAway
from ...models import SentPicture

S = TypeVar("S", bound=SentPicture)


def waiting(model: type[S], picture: "File[bytes]") -> S:
    """A row to be written for a picture that is stored now; PicturesAway when the storage does not take it."""
    field = model._meta.get_field("sent")
    try:
        name = field.storage.save(field.generate_filename(model(), "picture"), picture)  # type: ignore[union-attr]
    except OSError as error:
        raise PicturesAway(str(error)) from error
    return model(sent=name, draw_at=timezone.now())


def drop(pictures: Iterable[SentPicture]) -> None:
    """Take them out of the storage: nothing was written of them."""
    for each in pictures:
        with suppress(OSError):  # the storage may be what failed
            each.sent.storage.delete(str(each.sent.name))
