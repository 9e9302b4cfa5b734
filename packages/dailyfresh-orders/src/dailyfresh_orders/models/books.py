"""The book of the money: what came in and what went back, line by line, and the sums of days that are closed."""

from dailyfresh_core.pricing.amounts import NOTHING
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    SALE = "sale", pgettext_lazy("booking", "Sale")
    REFUND = "refund", pgettext_lazy("booking", "Refund")
    UNWANTED = "unwanted", pgettext_lazy("booking", "Money that pays nothing")
    RETURNED = "returned", pgettext_lazy("booking", "The same, gone back")
    CANCELLED = "cancelled", pgettext_lazy("booking", "Cancelled, never paid")


class Amounts(models.Model):
    """The columns of a line and of a sum of lines: the parts of a sale, and what they come to."""

    goods = models.DecimalField(_("goods"), max_digits=14, decimal_places=2, default=NOTHING)
    discount = models.DecimalField(_("discount"), max_digits=14, decimal_places=2, default=NOTHING)
    fees = models.DecimalField(_("fees"), max_digits=14, decimal_places=2, default=NOTHING)
    freight = models.DecimalField(_("freight"), max_digits=14, decimal_places=2, default=NOTHING)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    PARTS = ("goods", "discount", "fees", "freight", "amount")

    class Meta:
        abstract = True


class Booking(Amounts):
    """Money that moved: booked in the transaction that learned of it, to the day on which that was. Only ever added to.

    What goes back is negative and has no parts. Nothing is CANCELLED here: no money moved.
    """

    Kind = Kind

    day = models.DateField(_("day"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    gateway = models.CharField(_("gateway"), max_length=32)
    order = models.ForeignKey(
        "dailyfresh_orders.Order", models.PROTECT, related_name="bookings", verbose_name=_("order")
    )
    payment = models.ForeignKey(
        "dailyfresh_orders.Payment", models.PROTECT, null=True, related_name="bookings", verbose_name=_("payment")
    )
    refund = models.ForeignKey(
        "dailyfresh_orders.Refund", models.PROTECT, null=True, related_name="+", verbose_name=_("refund")
    )

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        ordering = ["pk"]
        indexes = [models.Index(fields=["day", "kind", "gateway"], name="orders_bookings")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.amount}"


class BookDay(Amounts):
    """What one gateway's bookings of a kind came to on a day that is closed: written once, with the day's `SalesDay`."""

    Kind = Kind

    day = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    gateway = models.CharField(_("gateway"), max_length=32)
    n = models.PositiveIntegerField(_("movements"))

    class Meta:
        verbose_name = _("closed day of the books")
        verbose_name_plural = _("closed days of the books")
        constraints = [models.UniqueConstraint(fields=["day", "kind", "gateway"], name="orders_book_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.gateway} {self.kind}"
