"""Prices that goods will have later, or for a while."""

from datetime import datetime

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .goods import SKU


class PricePlan(models.Model):
    """A price that one SKU has from a moment on, or until another. What is over stays, to look at."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        RUNNING = "running", _("running")
        OVER = "over", _("over")
        CALLED_OFF = "called_off", _("called off")

    sku = models.ForeignKey(SKU, models.CASCADE, related_name="price_plans", verbose_name=_("SKU"))
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"), null=True, blank=True)
    strike = models.BooleanField(_("strike out the former price"), default=False)
    was = models.DecimalField(_("before"), max_digits=10, decimal_places=2, null=True, editable=False)
    market_was = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED, editable=False)
    by = models.CharField(_("by"), max_length=150)
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        ordering = ["-starts", "-pk"]
        verbose_name = _("planned price")
        verbose_name_plural = _("planned prices")
        indexes = [models.Index(fields=["state", "starts"], name="goods_price_plans")]

    def __str__(self) -> str:
        return f"{self.sku} {self.price}"

    def meets(self, starts: datetime, ends: datetime | None) -> bool:
        """Whether the two share a moment; what has no end is one."""
        return (self.starts == starts) or (self.starts < (ends or starts) and starts < (self.ends or self.starts))
