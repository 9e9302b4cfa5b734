"""What the home page shows."""

from datetime import datetime

from dailyfresh_core.i18n.languages import address
from dailyfresh_core.i18n.translations import Translated
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .goods import SKU, GoodsType
from .stale import Tracked, TrackedQuerySet


class ScheduledQuerySet(TrackedQuerySet):
    def showing(self, at: datetime | None = None) -> "ScheduledQuerySet":
        """Those whose time is now. The clock is Python's: with USE_TZ off the database's may be elsewhere."""
        now = at or timezone.now()
        return self.filter(Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now))


ScheduledManager = models.Manager.from_queryset(ScheduledQuerySet)


class Scheduled(Translated, Tracked):
    """Something of the home page that may begin and end by itself."""

    TRANSLATED = ("title", "text", "label")

    title = models.CharField(_("title"), max_length=60)
    text = models.CharField(_("text"), max_length=120, blank=True)
    label = models.CharField(_("label"), max_length=40, blank=True)
    image = models.ImageField(_("image"), upload_to="home")
    url = models.CharField(
        _("link"),
        max_length=200,
        blank=True,
        validators=[RegexValidator(r"^(/(?!/)|https?://|#)", _("A link begins with “/”, “#” or “https://”."))],
        help_text=_("Empty: the page of the SKU below."),
    )
    sku = models.ForeignKey(SKU, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("SKU"))
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    objects = ScheduledManager()  # type: ignore[misc]

    class Meta(Tracked.Meta):
        abstract = True
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="%(app_label)s_%(class)s_ends_later",
                violation_error_message=_("It must end after it starts."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def link(self) -> str:
        """Where a click leads, in the language of the moment; empty when nowhere."""
        return address(self.url) or (self.sku.get_absolute_url() if self.sku and self.sku.on_sale else "")


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


class HomeTypeGoods(Tracked):
    """A SKU that the home page shows: under its type, as a title or as a picture, or among the special offers."""

    class Display(models.IntegerChoices):
        TITLE = 0, _("title")
        PICTURE = 1, _("picture")
        OFFER = 2, _("special offer")

    type = models.ForeignKey(GoodsType, models.CASCADE, related_name="home_goods", verbose_name=_("type"))
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    display = models.PositiveSmallIntegerField(_("shown as"), choices=Display.choices, default=Display.PICTURE)
    sort_order = models.PositiveSmallIntegerField(_("sort order"), default=0)

    class Meta(Tracked.Meta):
        ordering = ["sort_order", "pk"]
        verbose_name = _("home goods")
        verbose_name_plural = _("home goods")
        constraints = [models.UniqueConstraint(fields=["type", "sku", "display"], name="goods_home_once")]

    def __str__(self) -> str:
        return f"{self.sku} ({self.get_display_display()})"
