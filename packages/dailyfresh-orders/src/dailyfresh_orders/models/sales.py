"""Sums of days that are over, so that the dashboard never reads a million orders."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SalesDay(models.Model):
    """What was sold and done on one day of the shop's time zone: the times it counts never change, so neither does this."""

    day = models.DateField(_("day"), primary_key=True)
    orders = models.PositiveIntegerField(_("orders"))
    turnover = models.DecimalField(_("turnover"), max_digits=14, decimal_places=2)
    placed = models.PositiveIntegerField(_("placed"))
    shipped = models.PositiveIntegerField(_("shipped"))
    received = models.PositiveIntegerField(_("received"))
    done = models.PositiveIntegerField(pgettext_lazy("order state", "Done"))

    class Meta:
        ordering = ["-day"]
        verbose_name = _("day of sales")
        verbose_name_plural = _("days of sales")

    def __str__(self) -> str:
        return str(self.day)


class SalesDaySku(models.Model):
    day = models.DateField(_("day"))
    sku_id = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("day of sales of a SKU")
        verbose_name_plural = _("days of sales of SKUs")
        constraints = [models.UniqueConstraint(fields=["day", "sku_id"], name="orders_sales_day_sku")]
        # The best sold of some days are found in the index alone.
        indexes = [models.Index(fields=["day", "sku_id", "quantity"], name="orders_sales_sold")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
