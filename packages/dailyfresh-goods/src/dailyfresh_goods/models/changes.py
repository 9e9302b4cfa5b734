"""Who changed what of a SKU: the columns that money and stock depend on, before and after."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .goods import SKU


class GoodsChange(models.Model):
    """One column of one SKU that somebody changed. Only ever added to; what orders take from the stock stands in the orders."""

    COLUMNS = ("price", "market_price", "stock", "on_sale")
    """What is written down."""

    sku = models.ForeignKey(SKU, models.CASCADE, related_name="changes", verbose_name=_("SKU"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.CharField(_("by"), max_length=150, help_text=_("A user name."))
    column = models.CharField(_("what"), max_length=20)
    was = models.CharField(_("before"), max_length=40, blank=True)
    became = models.CharField(_("after"), max_length=40, blank=True)
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("change of goods")
        verbose_name_plural = _("changes of goods")
        indexes = [models.Index(fields=["column", "-id"], name="goods_changes")]

    def __str__(self) -> str:
        return f"{self.column}: {self.was} → {self.became}"
