"""Types, SPU and SKU with their pictures."""

from typing import Any

from dailyfresh_core.i18n.translations import Translated
from dailyfresh_core.pricing.measures import PER, PIECE, WEIGHT, Measured, faults
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from .html import CleanHTMLField
from .stale import Tracked


class GoodsType(Translated, Tracked):
    TRANSLATED = ("name", "promise")

    name = models.CharField(_("name"), max_length=40, unique=True)
    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    promise = models.CharField(_("promise"), max_length=60, blank=True)
    logo = models.ImageField(_("logo"), upload_to="types", blank=True)
    banner = models.ImageField(_("banner"), upload_to="types", blank=True)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta(Tracked.Meta):
        ordering = ["sort_order", "pk"]
        verbose_name = _("goods type")
        verbose_name_plural = _("goods types")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("dailyfresh_goods:list", args=[self.slug])


class SPU(Translated, Tracked):
    TRANSLATED = ("name", "detail", "specs")

    name = models.CharField(_("name"), max_length=80, db_index=True)
    detail = CleanHTMLField(_("details"), blank=True, help_text=_("HTML; scripts, styles and forms are removed."))
    specs = models.TextField(_("specifications"), blank=True, help_text=_("One a line, as in “Colour: blue”."))

    class Meta(Tracked.Meta):
        ordering = ["-pk"]
        verbose_name = _("SPU")
        verbose_name_plural = _("SPUs")

    def __str__(self) -> str:
        return self.name


class Band(models.IntegerChoices):
    """What a page says of the stock; the number itself never stands on a page that is kept."""

    SOLD_OUT = 0, _("sold out")
    LOW = 1, _("nearly sold out")
    IN_STOCK = 2, _("in stock")

    @classmethod
    def of(cls, stock: int | None, minimum: int = 1) -> "Band":
        """The band of a stock of which nobody buys less than `minimum`; the setting LOW_STOCK says how often that is low."""
        if stock is None:
            return cls.IN_STOCK
        if stock < minimum:
            return cls.SOLD_OUT
        return cls.LOW if stock <= conf.LOW_STOCK * minimum else cls.IN_STOCK


class SKU(Translated, Tracked):
    TRANSLATED = ("name", "description", "unit", "origin", "label")

    class By(models.TextChoices):
        PIECE = "piece", _("by the piece")
        WEIGHT = "weight", _("by weight")

    class Storage(models.TextChoices):
        AMBIENT = "ambient", _("room temperature")
        CHILLED = "chilled", _("chilled")
        FROZEN = "frozen", _("frozen")

    QUIET = frozenset({"stock", "sales", "sales_rank", "rating_rank", "band", "updated_at"})

    type = models.ForeignKey(GoodsType, models.PROTECT, related_name="skus", verbose_name=_("type"))
    spu = models.ForeignKey(SPU, models.CASCADE, related_name="skus", verbose_name=_("SPU"))
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=100, unique=True)
    description = models.CharField(_("description"), max_length=200, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    market_price = models.DecimalField(
        _("market price"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Shown struck out when it is above the price."),
    )
    unit = models.CharField(_("unit"), max_length=20)
    sold_by = models.CharField(
        _("sold by"),
        max_length=6,
        choices=By.choices,
        default=By.PIECE,
        help_text=_("By weight: stock, limit, minimum and step are grams."),
    )
    priced_by = models.CharField(
        _("priced"),
        max_length=6,
        choices=By.choices,
        default=By.PIECE,
        help_text=_("Pieces may be priced by weight: the buyer pays for what they weigh, and never more than agreed."),
    )
    price_grams = models.PositiveSmallIntegerField(
        _("price is for"),
        choices=[(n, f"{n} g") for n in PER],
        default=500,
        help_text=_("Where it is priced by weight."),
    )
    nominal_grams = models.PositiveIntegerField(
        _("a piece weighs (g)"), default=0, help_text=_("About; 0 where nobody needs to know.")
    )
    minimum = models.PositiveIntegerField(_("minimum"), default=1, validators=[MinValueValidator(1)])
    step = models.PositiveIntegerField(_("step"), default=1, validators=[MinValueValidator(1)])
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    storage = models.CharField(
        _("storage"), max_length=7, choices=Storage.choices, blank=True, help_text=_("How it is kept at home.")
    )
    image = models.ImageField(_("image"), upload_to="skus", blank=True)
    stock = models.PositiveIntegerField(
        _("stock"),
        default=0,
        null=True,
        blank=True,
        help_text=_("Empty: without limit, as of a course or a download; nothing is counted."),
    )
    requires_shipping = models.BooleanField(
        _("is sent to an address"),
        default=True,
        help_text=_(
            "Not for a course, a download, a ticket or a service: no address is asked for and no freight taken."
        ),
    )
    band = models.PositiveSmallIntegerField(
        _("availability"), choices=Band.choices, default=Band.SOLD_OUT, editable=False
    )
    sales = models.PositiveIntegerField(_("sales"), default=0)
    sales_rank = models.PositiveIntegerField(
        _("sales for sorting"),
        default=0,
        editable=False,
        help_text=_("A snapshot of the sales, so that pages keep their order."),
    )
    rating_rank = models.PositiveSmallIntegerField(_("stars for sorting"), default=0, editable=False)
    label = models.CharField(
        _("label"), max_length=12, blank=True, help_text=_("A word on the picture, such as “new” or “imported”.")
    )
    limit = models.PositiveIntegerField(_("limit per order"), null=True, blank=True, validators=[MinValueValidator(1)])
    sort_order = models.PositiveSmallIntegerField(
        _("sort order"), default=100, help_text=_("Lower comes first in the default order.")
    )
    on_sale = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta(Tracked.Meta):
        ordering = ["-pk"]
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0), name="goods_sku_price_not_negative"),
            models.CheckConstraint(
                condition=Q(minimum__gte=1, step__gte=1)
                & (Q(sold_by=PIECE, priced_by=PIECE) | Q(priced_by=WEIGHT, price_grams__in=PER))
                & (Q(priced_by=PIECE) | Q(sold_by=WEIGHT) | Q(nominal_grams__gte=1)),
                name="goods_sku_measure",
            ),
        ]
        indexes = [
            models.Index(fields=["type", "on_sale", "sort_order", "-id"], name="goods_sku_default"),
            models.Index(fields=["type", "on_sale", "-id"], name="goods_sku_newest"),
            models.Index(fields=["type", "on_sale", "price", "-id"], name="goods_sku_price"),
            models.Index(fields=["type", "on_sale", "-sales_rank", "-id"], name="goods_sku_sales"),
            models.Index(fields=["type", "on_sale", "-rating_rank", "-id"], name="goods_sku_rating"),
            models.Index(fields=["on_sale", "-sales_rank", "-id"], name="goods_sku_popular"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.unit}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Of the type, "type:3": offers name it."""
        return (f"type:{self.type_id}",)

    @property
    def measure(self) -> Measured:
        """How it is counted and priced."""
        return Measured.of(self)

    @property
    def sold(self) -> int:
        """Its sales as lists sort by them (`services.refresh_sales`)."""
        return self.sales // self.price_grams if self.sold_by == WEIGHT else self.sales

    def clean(self) -> None:
        super().clean()
        if wrong := dict(faults(self)):
            raise ValidationError(wrong)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the band that fits the stock."""
        if isinstance(self.stock, int | None):  # an F() expression has no band before it is saved
            self.band = Band.of(self.stock, self.minimum)
            fields = kwargs.get("update_fields")
            if fields is not None and {"stock", "minimum"} & set(fields):
                kwargs["update_fields"] = {*fields, "band"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("dailyfresh_goods:detail", args=[self.pk])


class SKUImage(Tracked):
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="images", verbose_name=_("SKU"))
    image = models.ImageField(_("image"), upload_to="skus")
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta(Tracked.Meta):
        ordering = ["sort_order", "pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.image.name or ""


def pk_of(sku_id: str) -> int | None:
    """The key that a sku_id names, or None; "01", " 1", "１" and numbers no column holds name nothing."""
    try:
        pk = int(sku_id)
    except (TypeError, ValueError):
        return None
    return pk if str(pk) == sku_id and 0 < pk < 2**63 else None
