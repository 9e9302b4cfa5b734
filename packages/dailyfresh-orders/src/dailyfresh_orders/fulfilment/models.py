"""What was put into the boxes: one picking for an order, and every pick of it, only ever added to."""

from dailyfresh_core.pricing.measures import times, weight
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..models import Order, OrderLine


class Picking(models.Model):
    """Somebody packs this order, or has packed it."""

    class State(models.TextChoices):
        PICKING = "picking", _("Being packed")
        DONE = "done", _("Packed")

    order = models.OneToOneField(Order, models.CASCADE, related_name="picking", verbose_name=_("order"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PICKING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("picker")
    )
    begun_at = models.DateTimeField(_("begun"), auto_now_add=True)
    done_at = models.DateTimeField(_("packed"), null=True)

    class Meta:
        app_label = "dailyfresh_fulfilment"  # said here: imported where it is not installed, it would be one of the app around it
        verbose_name = _("picking")
        verbose_name_plural = _("pickings")
        default_permissions = ("view",)
        permissions = [("pick", _("Can pack orders"))]
        indexes = [models.Index(fields=["state", "done_at"], name="fulfilment_pickings")]

    def __str__(self) -> str:
        return f"{self.order} {self.state}"


class Pick(models.Model):
    """How much of a line lies in the box from now on; the last one of a line counts. One that is sent twice is written once, by its key."""

    picking = models.ForeignKey(Picking, models.CASCADE, related_name="picks", verbose_name=_("picking"))
    line = models.ForeignKey(OrderLine, models.CASCADE, related_name="picks", verbose_name=_("order line"))
    key = models.CharField(_("key"), max_length=36)
    sku_id = models.CharField(_("in place of it"), max_length=64, blank=True, help_text=_("Empty: what was ordered."))
    quantity = models.PositiveIntegerField(_("quantity"), help_text=_("Pieces, or grams of what is sold by weight."))
    grams = models.PositiveIntegerField(_("weighs (g)"), null=True)
    gone = models.BooleanField(_("there is no more of it"), default=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("picker")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        app_label = "dailyfresh_fulfilment"
        verbose_name = _("pick")
        verbose_name_plural = _("picks")
        ordering = ["pk"]
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["picking", "key"], name="fulfilment_pick_once")]

    def __str__(self) -> str:
        text = f"{self.sku_id or self.line.name} {times(self.quantity, self.line)}"
        return text if self.grams is None else f"{text} ({weight(self.grams)})"


class Batch(models.Model):
    """What came in together and ends together. Where a SKU has batches, what is left of them is its stock with what is sold and not packed."""

    sku_id = models.CharField(_("SKU"), max_length=64)
    code = models.CharField(_("batch"), max_length=40)
    best_before = models.DateField(
        _("best before"), null=True, blank=True, help_text=_("The last day on which it is good.")
    )
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    received = models.PositiveIntegerField(_("came in"), help_text=_("Pieces, or grams of what is sold by weight."))
    left = models.PositiveIntegerField(_("left"))

    class Meta:
        app_label = "dailyfresh_fulfilment"
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        default_permissions = ("add", "view", "change")
        constraints = [models.UniqueConstraint(fields=["sku_id", "code"], name="fulfilment_batch_once")]
        indexes = [models.Index(fields=["best_before"], name="fulfilment_batch_ends")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.code}"


class PickedBatch(models.Model):
    """How much of a batch went into a box, or was written off with it."""

    picking = models.ForeignKey(Picking, models.CASCADE, related_name="batches", verbose_name=_("picking"))
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="picked", verbose_name=_("batch"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        app_label = "dailyfresh_fulfilment"
        verbose_name = _("packed of a batch")
        verbose_name_plural = _("packed of batches")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["picking", "batch"], name="fulfilment_picked_batch_once")]

    def __str__(self) -> str:
        return f"{self.batch} {self.quantity}"
