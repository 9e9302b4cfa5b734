"""Files with pictures, by the name the storage knows them by, and what was drawn of each."""

import hashlib
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .goods import SKU, GoodsType, SKUImage
from .home import HomeBanner, Promotion

PICTURED: dict[type[models.Model], tuple[str, ...]] = {
    GoodsType: ("logo", "banner"),
    SKU: ("image",),
    SKUImage: ("image",),
    HomeBanner: ("image",),
    Promotion: ("image",),
}
"""Models -> their columns with pictures."""


def key_of(name: str) -> str:
    """The key of a file: names are compared exactly, which not every database does."""
    return hashlib.sha256(name.encode()).hexdigest()


class Picture(models.Model):
    """A file with a picture. Due while `draw_at` is past; `awaited` pages keep its place until it is drawn, all others show the file meanwhile."""

    key = models.CharField(max_length=64, primary_key=True, editable=False)
    name = models.CharField(_("file"), max_length=255, editable=False)
    focus_x = models.PositiveSmallIntegerField(
        _("focus from the left"), default=50, validators=[MaxValueValidator(100)], help_text=_("Percent of the width.")
    )
    focus_y = models.PositiveSmallIntegerField(
        _("focus from the top"), default=50, validators=[MaxValueValidator(100)], help_text=_("Percent of the height.")
    )
    awaited = models.BooleanField(default=False, editable=False)
    refused = models.CharField(_("why it is not shown"), max_length=200, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)
    draw_at = models.DateTimeField(null=True, db_index=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "key"]
        verbose_name = _("picture of the catalogue")
        verbose_name_plural = _("pictures of the catalogue")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = key_of(self.name)
        super().save(*args, **kwargs)


class Rendition(models.Model):
    """A file that was drawn; after `retired_at` nothing new shows it, and it goes once no page that was made before does."""

    picture = models.ForeignKey(Picture, models.SET_NULL, null=True, related_name="renditions")
    shape = models.CharField(max_length=6)
    kind = models.CharField(max_length=4)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = models.ImageField(upload_to="renditions", max_length=255)
    retired_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        return self.file.name or ""


class PictureSource(models.Model):
    """Where the picture of a SKU came from, or is to come from: an address, or "zip:" and the digest of a file that came with a table.

    Due while `due_at` is past; the SKU takes the file unless it has another picture by then than it had (`replaces`).
    """

    sku = models.OneToOneField(SKU, models.CASCADE, related_name="source", verbose_name=_("SKU"))
    origin = models.CharField(_("web address"), max_length=500)
    replaces = models.CharField(max_length=255, blank=True, editable=False)
    name = models.CharField(_("file"), max_length=255, blank=True)
    error = models.CharField(_("what is in the way"), max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True, db_index=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("picture by address")
        verbose_name_plural = _("pictures by address")

    def __str__(self) -> str:
        return self.origin

    def says(self, origin: str) -> bool:
        """Whether it names the same picture, and the SKU has that or is to get it."""
        return self.origin == origin and (
            self.due_at is not None or (not self.error and self.sku.image.name == self.name)
        )
