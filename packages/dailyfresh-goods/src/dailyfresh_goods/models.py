"""The catalogue: types, SPU (what is sold), SKU (the pack that is sold), what the home page shows, and stale rows."""

from typing import Any

import nh3
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class GoodsType(models.Model):
    name = models.CharField(_("name"), max_length=40, unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    promise = models.CharField(_("promise"), max_length=60, blank=True)
    logo = models.ImageField(_("logo"), upload_to="types", blank=True)
    banner = models.ImageField(_("banner"), upload_to="types", blank=True)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("goods type")
        verbose_name_plural = _("goods types")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dailyfresh_goods:list", args=[self.slug])


class SPU(models.Model):
    name = models.CharField(_("name"), max_length=80)
    detail = models.TextField(_("details"), blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("SPU")
        verbose_name_plural = _("SPUs")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.detail = nh3.clean(self.detail)
        super().save(*args, **kwargs)


class SKU(models.Model):
    type = models.ForeignKey(GoodsType, models.PROTECT, related_name="skus", verbose_name=_("type"))
    spu = models.ForeignKey(SPU, models.CASCADE, related_name="skus", verbose_name=_("SPU"))
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    market_price = models.DecimalField(_("market price"), max_digits=10, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=20)
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    image = models.ImageField(_("image"), upload_to="skus", blank=True)
    stock = models.PositiveIntegerField(_("stock"), default=0)
    sales = models.PositiveIntegerField(_("sales"), default=0)
    sales_rank = models.PositiveIntegerField(
        _("sales for sorting"), default=0, editable=False, help_text=_("A snapshot of the sales, so that pages keep their order.")
    )
    limit = models.PositiveIntegerField(_("limit per order"), null=True, blank=True)
    on_sale = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        indexes = [
            models.Index(fields=["type", "on_sale", "-id"], name="goods_sku_newest"),
            models.Index(fields=["type", "on_sale", "price", "-id"], name="goods_sku_price"),
            models.Index(fields=["type", "on_sale", "-sales_rank", "-id"], name="goods_sku_sales"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("dailyfresh_goods:detail", args=[self.pk])


class SKUImage(models.Model):
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="images", verbose_name=_("SKU"))
    image = models.ImageField(_("image"), upload_to="skus")
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")


class ScheduledQuerySet(models.QuerySet["Scheduled"]):
    def showing(self) -> "ScheduledQuerySet":
        """Those whose time is now."""
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=Now()), Q(ends_at=None) | Q(ends_at__gt=Now())
        )


class Scheduled(models.Model):
    """Something of the home page that may begin and end by itself."""

    title = models.CharField(_("title"), max_length=60)
    text = models.CharField(_("text"), max_length=120, blank=True)
    label = models.CharField(_("label"), max_length=40, blank=True)
    image = models.ImageField(_("image"), upload_to="home")
    url = models.CharField(_("link"), max_length=200, blank=True)
    sku = models.ForeignKey(SKU, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("SKU"))
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    objects = ScheduledQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sort_order", "pk"]

    def __str__(self) -> str:
        return self.title


class HomeBanner(Scheduled):
    """A slide of the home page's carousel."""

    class Meta(Scheduled.Meta):
        verbose_name = _("home banner")
        verbose_name_plural = _("home banners")


class Promotion(Scheduled):
    """A promotion picture beside the carousel."""

    class Meta(Scheduled.Meta):
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")


class HomeTypeGoods(models.Model):
    """A SKU that the home page shows under its type, as a title or as a picture."""

    class Display(models.IntegerChoices):
        TITLE = 0, _("title")
        PICTURE = 1, _("picture")

    type = models.ForeignKey(GoodsType, models.CASCADE, related_name="home_goods", verbose_name=_("type"))
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    display = models.PositiveSmallIntegerField(_("shown as"), choices=Display.choices, default=Display.PICTURE)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta:
        ordering = ["sort_order", "pk"]
        verbose_name = _("home goods")
        verbose_name_plural = _("home goods")
        constraints = [models.UniqueConstraint(fields=["type", "sku", "display"], name="goods_home_once")]


class StalePage(models.Model):
    """A page to be built anew; written in the transaction of the change, deleted by the drain.

    Rows are only ever inserted, one a change: an upsert on a unique key would make every order of
    the same goods wait for the one before, and a drain could delete a mark it has not seen.
    """

    key = models.CharField(max_length=190)
    marked_at = models.DateTimeField(auto_now_add=True)


class StaleDocument(models.Model):
    """A SKU to be indexed anew; written and deleted as a `StalePage` is."""

    sku_id = models.BigIntegerField()
    marked_at = models.DateTimeField(auto_now_add=True)
