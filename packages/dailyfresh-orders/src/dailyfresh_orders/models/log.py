"""The steps that an order took, and what staff said of it among themselves."""

from django.conf import settings
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


class OrderNote(models.Model):
    """What one of the staff wrote for the others; no buyer reads it."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="staff_notes", verbose_name=_("order"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    text = models.CharField(_("note"), max_length=500)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("note of the staff")
        verbose_name_plural = _("notes of the staff")

    def __str__(self) -> str:
        return self.text[:40]
