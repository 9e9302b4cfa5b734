"""The steps that an order took."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .order import Order


class OrderLog(models.Model):
    """Who moved the order to which state, when and why; placing it is the order row itself.

    Where its state stayed, its time was changed: `why` says in the buyer's language from when to when.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="log", verbose_name=_("order"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.CharField(_("by"), max_length=150, help_text=_("A user name, or the part of the shop that did it."))
    was = models.CharField(_("was"), max_length=16, choices=Order.State.choices)
    became = models.CharField(_("became"), max_length=16, choices=Order.State.choices)
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["became", "at"], name="orders_log_steps")]
        verbose_name = _("log entry")
        verbose_name_plural = _("log")

    def __str__(self) -> str:
        return f"{self.was} → {self.became}"

    @property
    def rescheduled(self) -> bool:
        return self.was == self.became
