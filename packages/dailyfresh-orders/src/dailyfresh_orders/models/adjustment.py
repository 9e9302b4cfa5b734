"""What was added to an order, or taken off."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..line_amounts import SETTLEMENT
from .line import OrderLine
from .order import Order


class Adjustment(models.Model):
    """What was added to an order or one of its lines, or taken off, row by row as it was worked out, once and never again."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("Discount")
        FEE = "fee", _("Fee")
        FREIGHT = "freight", _("Freight")
        SETTLEMENT = SETTLEMENT, _("Given otherwise than agreed")

    class Returns(models.TextChoices):
        SHARE = "share", pgettext_lazy("returns", "With its line, piece by piece")
        LAST = "last", pgettext_lazy("returns", "With the last piece")
        NEVER = "never", pgettext_lazy("returns", "Never")

    order = models.ForeignKey(Order, models.CASCADE, related_name="adjustments", verbose_name=_("order"))
    line = models.ForeignKey(
        OrderLine, models.CASCADE, null=True, related_name="adjustments", verbose_name=_("order line")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    source = models.CharField(_("source"), max_length=64, help_text=_("Whose it is: orders:freight."))
    label = models.CharField(_("in words"), max_length=120, help_text=_("As the buyer read it."))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    returns = models.CharField(_("comes back"), max_length=8, choices=Returns.choices)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")

    def __str__(self) -> str:
        return f"{self.label} {self.amount}"
