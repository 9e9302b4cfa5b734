"""What orders took: one row for each offer and coupon in one, and the pieces that a buyer had of a flash price."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .rules import FlashItem


class Redemption(models.Model):
    """An offer or a coupon in an order. It outlives the order's user; its state guards that all is given back once."""

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("of an offer", "In an order")
        USED = "used", pgettext_lazy("of an offer", "Used")
        RELEASED = "released", pgettext_lazy("of an offer", "Given back")

    reference = models.CharField(_("order"), max_length=64)
    source = models.CharField(_("source"), max_length=64)
    rule_id = models.BigIntegerField(_("offer"), null=True, db_index=True)
    coupon_id = models.BigIntegerField(_("coupon"), null=True, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
        db_constraint=False,
    )
    limit_key = models.CharField(max_length=24, blank=True)
    """What a user may have so often: "r:12" for a rule, "first" for all that first orders get together; "" without such a limit."""
    slot = models.PositiveSmallIntegerField(null=True)
    """1 to the limit: unique with user and key, so that two orders at once cannot both have the last one. NULL when given back."""
    amount = models.DecimalField(_("taken off"), max_digits=12, decimal_places=2)
    pieces = models.JSONField(default=dict)
    """Of a flash price: key of the flash item, as text -> pieces."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.HELD)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "source"], name="df_redemption_source"),
            models.UniqueConstraint(fields=["limit_key", "user", "slot"], name="df_redemption_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.source}"


class FlashBuyer(models.Model):
    """Pieces that one buyer has of a flash price."""

    item = models.ForeignKey(FlashItem, models.CASCADE, db_constraint=False, related_name="buyers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_constraint=False)
    pieces = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="df_flash_buyer")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.pieces}"
