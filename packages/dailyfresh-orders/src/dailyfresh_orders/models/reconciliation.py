"""A day's payments beside what the gateway says of them."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from .payment import Payment


class Reconciliation(models.Model):
    """One day's payments of one gateway compared with what the gateway says."""

    gateway = models.CharField(_("gateway"), max_length=32)
    day = models.DateField(_("day"))
    made_at = models.DateTimeField(_("made at"))
    checked = models.PositiveIntegerField(_("payments compared"), default=0)
    unanswered = models.PositiveIntegerField(_("without an answer"), default=0)
    received = models.DecimalField(_("received"), max_digits=14, decimal_places=2, default=Decimal("0.00"))
    refunded = models.DecimalField(_("refunded"), max_digits=14, decimal_places=2, default=Decimal("0.00"))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-day", "gateway"]
        constraints = [models.UniqueConstraint(fields=["gateway", "day"], name="df_reconciliation_day")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.day}"


class Difference(models.Model):
    """One thing on which our books and the gateway's do not agree."""

    reconciliation = models.ForeignKey(
        Reconciliation, models.CASCADE, related_name="differences", verbose_name=_("reconciliation")
    )
    payment = models.ForeignKey(Payment, models.CASCADE, related_name="+", verbose_name=_("payment"))
    what = models.CharField(_("what"), max_length=32)
    ours = models.CharField(_("ours"), max_length=64)
    theirs = models.CharField(_("the gateway's"), max_length=64)
    repaired = models.BooleanField(_("put right by this run"), default=False)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what}: {self.ours} / {self.theirs}"
