"""To whom an invoice is made out (发票抬头): what an account keeps to choose from, and what an order was placed with."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .order import Order

CREDIT_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The characters of a unified social credit code, each worth its place here."""


def check_tax_number(number: str) -> None:
    """ValidationError for what is no unified social credit code (GB 32100-2015).

    It has 18 characters; each by its power of 3, the last as it is, they come to a multiple of 31.
    """
    worth = [CREDIT_CODE.find(character) for character in number]
    weights = [*(pow(3, place, 31) for place in range(17)), 1]
    if len(number) != 18 or min(worth) < 0 or sum(map(int.__mul__, worth, weights)) % 31:
        raise ValidationError(_("This is no tax number: please compare its 18 characters."), "tax_number")


class InvoiceTo(models.Model):
    class Kind(models.TextChoices):
        PERSONAL = "personal", pgettext_lazy("invoice", "A person")
        COMPANY = "company", pgettext_lazy("invoice", "A company")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PERSONAL)
    title = models.CharField(_("invoice title"), max_length=100)
    tax_number = models.CharField(_("tax number"), max_length=18, blank=True, validators=[check_tax_number])

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} {self.tax_number}".rstrip()


class InvoiceTitle(InvoiceTo):
    """One of an account's, to choose from when it orders."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="dailyfresh_invoice_titles",
        verbose_name=_("account"),
    )

    class Meta(InvoiceTo.Meta):
        abstract = False
        verbose_name = _("invoice title")
        verbose_name_plural = _("invoice titles")

    def keep_for(self, order: Order) -> None:
        """Copy it to an order, in the order's own transaction: what the account does with it later changes no paper."""
        Invoice.objects.create(order=order, kind=self.kind, title=self.title, tax_number=self.tax_number)


class Invoice(InvoiceTo):
    """The invoice that an order's buyer asked for."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="invoice", verbose_name=_("order"))

    class Meta(InvoiceTo.Meta):
        abstract = False
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
