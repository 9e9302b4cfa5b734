"""A site's own products and addresses: nothing of them is known to the package."""

import uuid

from django.conf import settings
from django.db import models


class Product(models.Model):
    title = models.CharField(max_length=80)
    yuan = models.DecimalField(max_digits=10, decimal_places=2)
    pieces = models.PositiveIntegerField()
    sold = models.PositiveIntegerField(default=0)
    for_sale = models.BooleanField(default=True)
    most = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return self.title


class Place(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    receiver = models.CharField(max_length=40)
    province_code = models.CharField(max_length=12, default="110000")


class InBasket(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    sku_id = models.CharField(max_length=64)
    quantity = models.PositiveIntegerField()


class Settled(models.Model):
    reference = models.CharField(max_length=64, unique=True)


class Tin(models.Model):
    """Goods under a text key of their own."""

    code = models.CharField(max_length=20, unique=True)
    left = models.IntegerField()


class Crate(models.Model):
    """Goods under a key that databases write in ways of their own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    left = models.DecimalField(max_digits=8, decimal_places=0)
    gone = models.BigIntegerField(default=0)


class Rule(models.Model):
    """So many yuan off from `least` on, for so many orders."""

    off = models.DecimalField(max_digits=10, decimal_places=2)
    least = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    most = models.PositiveIntegerField(default=10**6)
    taken = models.PositiveIntegerField(default=0)
    first = models.BooleanField(default=False)


class Voucher(models.Model):
    """So many yuan off, for one order of its owner."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    off = models.DecimalField(max_digits=10, decimal_places=2)
    least = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    reference = models.CharField(max_length=32, default="", blank=True)


class Held(models.Model):
    """What an order took of the rules."""

    reference = models.CharField(max_length=32)
    rule_id = models.IntegerField()
    used = models.BooleanField(default=False)


class Tour(models.Model):
    """A van that goes out."""

    starts = models.DateTimeField()
    ends = models.DateTimeField()
    closes = models.DateTimeField()
    places = models.PositiveIntegerField(default=10)
    taken = models.PositiveIntegerField(default=0)
    north = models.BooleanField(default=True)


class Aboard(models.Model):
    reference = models.CharField(max_length=32, unique=True)
    tour_id = models.BigIntegerField()
