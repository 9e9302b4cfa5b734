"""Pictures that come by a file of goods: judged by their header like what is uploaded, and stored under a name of ours."""

import hashlib
import io

from dailyfresh_core.images.pictures import NO_PICTURE, judge
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

KINDS = {b"\xff\xd8": "jpg", b"\x89P": "png", b"RI": "webp"}
"""How a file begins -> how its name ends."""


def origin_of(content: bytes) -> str:
    """What a picture of an archive is known by; empty for what is none, or one that takes too much to draw."""
    try:
        judge([io.BytesIO(content)])
    except ValidationError:
        return ""
    return f"zip:{hashlib.sha256(content).hexdigest()}"


def keep_picture(content: bytes) -> str:
    """Its name in the storage. ValidationError for what is no picture, or one that takes too much to draw."""
    judge([io.BytesIO(content)])
    if content[:2] not in KINDS:
        raise ValidationError(NO_PICTURE)
    name = f"skus/{hashlib.sha256(content).hexdigest()[:24]}.{KINDS[content[:2]]}"
    return default_storage.save(name, ContentFile(content), max_length=100)
