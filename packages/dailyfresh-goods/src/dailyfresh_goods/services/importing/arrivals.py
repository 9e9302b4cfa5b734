"""Pictures that come with a file of goods: out of its archive, or from an address that it names."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dailyfresh_core.images.pictures import NO_PICTURE
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from ...import_export.archives import Archive
from ...import_export.cells import Address
from ...models import SKU
from .keeping import keep_picture, origin_of
from .upserts import Arriving, Wanted

logger: logging.Logger = logging.getLogger(__name__)


@dataclass
class Arrivals:
    """Those of one file: each picture of its archive is judged once, and stored once."""

    archive: Archive | None = None
    origins: dict[str, str] = field(default_factory=dict)
    """Name in the archive -> what it is known by; empty where it is no picture."""
    stored: dict[str, str] = field(default_factory=dict)
    """What it is known by -> its name in the storage."""
    fresh: list[str] = field(default_factory=list)
    """What of `stored` the batch brought that is being written."""

    def taken_from(self, values: dict[str, Any], sku: SKU | None) -> tuple[Arriving | None, str]:
        """The picture that a row brings, taken out of its values, and what is wrong with it."""
        image = values.get("image")
        if isinstance(image, Address):
            return Arriving(values.pop("image")), ""
        if not self.archive or not isinstance(image, str) or not image or (sku and sku.image.name == image):
            return None, ""
        if image not in self.origins:
            content = self.archive.picture(image)
            if content is None:
                return None, _("There is no such file in the ZIP.")
            self.origins[image] = origin_of(content)
        if not self.origins[image]:
            return None, str(NO_PICTURE)
        return Arriving(self.origins[image], values.pop("image")), ""

    def _keep(self, good: Iterable[Wanted]) -> None:
        """Store what lies in the archive; before the rows are locked, since a storage may be slow."""
        self.fresh = []
        for wanted in good:
            if self.archive and wanted.picture and wanted.picture.member:
                origin, member = wanted.picture
                if origin not in self.stored:
                    self.stored[origin] = keep_picture(self.archive.picture(member) or b"")
                    self.fresh.append(origin)
                wanted.values["image"] = self.stored[origin]

    @contextmanager
    def kept(self, good: Iterable[Wanted]) -> Iterator[None]:
        """Inside, what lies in the archive is stored and the rows are written; where they are not, what they brought goes again."""
        try:
            self._keep(good)
            yield
        except BaseException:
            for origin in self.fresh:
                _drop(self.stored.pop(origin))
            raise


def _drop(name: str) -> None:
    try:
        default_storage.delete(name)
    except Exception:  # what went wrong before is what is told
        logger.exception("A picture that nothing shows stays in the storage: %s", name)
