"""What was bought, and what was given for it."""

from decimal import Decimal

from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import PIECE, WEIGHT, times, typed, weight
from dailyfresh_core.protocols import Purchasable
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..line_amounts import Named, taken_off, weighed, whole_of
from .order import Order, length_of


class OrderLine(models.Model):
    """What was bought, as it was called, counted and priced when it was bought: it is the measure of its own amounts."""

    class By(models.TextChoices):
        PIECE = PIECE, _("by the piece")
        WEIGHT = WEIGHT, _("by weight")

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", verbose_name=_("order"))
    sku_id = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=120)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    image_name = models.CharField(_("picture"), max_length=200, blank=True)
    unit_price = models.DecimalField(_("unit price"), max_digits=12, decimal_places=2)
    sold_by = models.CharField(_("sold by"), max_length=6, choices=By.choices, default=By.PIECE, db_default=By.PIECE)
    priced_by = models.CharField(
        _("priced by"), max_length=6, choices=By.choices, default=By.PIECE, db_default=By.PIECE
    )
    price_grams = models.PositiveSmallIntegerField(
        _("price is for (g)"), default=500, db_default=500, help_text=_("Where it is priced by weight.")
    )
    nominal_grams = models.PositiveIntegerField(_("a piece weighs (g)"), default=0, db_default=0)
    quantity = models.PositiveIntegerField(_("quantity"), help_text=_("Pieces, or grams of what is sold by weight."))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, help_text=_("Before discount and fees."))
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=NOTHING)
    fees = models.DecimalField(_("fees"), max_digits=12, decimal_places=2, default=NOTHING)
    given = models.PositiveIntegerField(_("given"), null=True, help_text=_("Empty while that is all of it."))
    actual_grams = models.PositiveIntegerField(
        _("weighs (g)"), null=True, help_text=_("Pieces that are priced by weight, as they were weighed.")
    )
    settled = models.DecimalField(
        _("settled amount"), max_digits=12, decimal_places=2, null=True, help_text=_("Of what was given.")
    )
    refunded = models.PositiveIntegerField(_("refunded"), default=0)
    counted = models.BooleanField(_("taken from stock"), default=True, db_default=True)
    restocked = models.PositiveIntegerField(_("put back into stock"), default=0)
    wish = models.CharField(
        _("if it is short"),
        max_length=6,
        choices=Order.Wish.choices,
        blank=True,
        default="",
        db_default="",
        help_text=_("Empty: as the order's."),
    )
    substitutes = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="substituted_by", verbose_name=_("given in place of")
    )
    # 1 on what was ordered, NULL on what was given in its place: that may be goods that the order has already.
    main_slot = models.PositiveSmallIntegerField(null=True, default=1, db_default=1, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.UniqueConstraint(fields=["order", "sku_id", "main_slot"], name="orders_main_line_once"),
            models.UniqueConstraint(fields=["substitutes", "sku_id"], name="orders_substitute_once"),
            models.CheckConstraint(
                condition=models.Q(restocked__lte=Coalesce("given", "quantity")),
                name="orders_restocked_once",
            ),
            models.CheckConstraint(condition=models.Q(discount__lte=0), name="orders_discount_takes_off"),
            models.CheckConstraint(
                condition=models.Q(amount__gte=-models.F("discount") - models.F("fees")),
                name="orders_line_not_negative",
            ),
            models.CheckConstraint(condition=models.Q(settled__lte=models.F("amount")), name="orders_never_dearer"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {times(self.quantity, self)}"

    @property
    def measure(self) -> "OrderLine":
        """What says how its quantities are counted, as with every line."""
        return self

    @property
    def wanted(self) -> int:
        """How much was ordered: pieces, or Grams."""
        return typed(self.quantity, self)

    @property
    def payable(self) -> Decimal:
        """As agreed, with discount and fees."""
        return self.amount + self.discount + self.fees

    @property
    def changed(self) -> bool:
        """Whether it became another quantity, or another weight, than was ordered; with goods in place of others."""
        return not self.main_slot or self.whole != self.quantity or self.actual_grams is not None

    @property
    def differs(self) -> bool:
        """Whether it is another quantity of the same than was ordered; pieces that were weighed are as many as they were."""
        return self.main_slot is not None and self.whole != self.quantity

    @property
    def box(self) -> str:
        """What was given, with what it was weighed at: "× 2", "702 g", "× 3 (512 g)"."""
        text = times(self.whole, self)
        return text if self.actual_grams is None else f"{text} ({weight(self.actual_grams)})"

    @property
    def costs(self) -> Decimal:
        """What the buyer pays for what was given of it: as agreed until it is packed."""
        return self.payable + (weighed(self.adjustments.all()) if self.main_slot else NOTHING)

    @property
    def why(self) -> list[Named]:
        """Everything in it: why it cost what it did."""
        return taken_off(self.adjustments.all())

    @property
    def wished(self) -> str:
        """What the buyer wants where it is short: a value of `Order.Wish`."""
        return self.wish or self.order.wish

    @property
    def whole(self) -> int:
        """How much of it the buyer has, or will have, before anything is returned."""
        return whole_of(self)


def called(item: Purchasable) -> tuple[str, str, str]:
    """(name, unit, name of the picture) of goods as a line keeps them: what is too long is cut, and a picture is none."""
    picture = item.image_name if len(item.image_name) <= length_of(OrderLine, "image_name") else ""
    return item.name[: length_of(OrderLine, "name")], item.unit[: length_of(OrderLine, "unit")], picture
