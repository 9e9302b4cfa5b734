"""What orders took: one row for each offer and coupon in one."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Redemption(models.Model):
    """An offer or a coupon in an order. It outlives the order's user; its state guards that all is given back once."""

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("of an offer", "In an order")
        USED = "used", pgettext_lazy("of an offer", "Used")
        RELEASED = "released", pgettext_lazy("of an offer", "Given back")

    OPEN = (State.HELD, State.USED)

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
    """By what a user's uses are counted: "r:12" for a rule, "first" for all that first orders get together; "" where they are not."""
    turn = models.PositiveIntegerField(null=True)
    """Which use of the key by its user it is, counted on from the last one, given back or not: of two orders at once that saw the same
    uses both want the same turn, and one of them looks again. NULL where the key's turn stands in another row of the order."""
    amount = models.DecimalField(_("taken off"), max_digits=12, decimal_places=2)
    sold = models.DecimalField(_("goods sold"), max_digits=12, decimal_places=2, default=0)
    """What the goods that it took something off cost in the catalogue; of one for sending, all of the order."""
    counts = models.JSONField(default=dict)
    """Key of a limit that it counts in, as text -> uses, or pieces."""
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.HELD)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use")
        verbose_name_plural = _("uses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["reference", "source"], name="df_redemption_source"),
            models.UniqueConstraint(fields=["limit_key", "user", "turn"], name="df_redemption_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.source}"
