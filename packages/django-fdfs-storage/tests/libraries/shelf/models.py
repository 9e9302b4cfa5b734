"""One model for each library that brings a field or a specification of its own."""

from importlib.util import find_spec

from django.db import models


class Picture(models.Model):
    """The plain field of Django, which sorl and easy_thumbnails make thumbnails of."""

    image = models.ImageField(upload_to="plain")


if find_spec("easy_thumbnails"):
    from easy_thumbnails.fields import ThumbnailerImageField

    class EasyPicture(models.Model):
        image = ThumbnailerImageField(upload_to="easy", thumbnail_storage=None)


if find_spec("imagekit"):
    from imagekit.models import ImageSpecField
    from imagekit.processors import ResizeToFit

    class KitPicture(models.Model):
        image = models.ImageField(upload_to="kit")
        small = ImageSpecField(source="image", processors=[ResizeToFit(40, 40)], format="JPEG")


if find_spec("versatileimagefield"):
    from versatileimagefield.fields import VersatileImageField

    class VersatilePicture(models.Model):
        image = VersatileImageField(upload_to="versatile")
