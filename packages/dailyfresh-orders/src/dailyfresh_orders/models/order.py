"""An order: a snapshot that outlives the product, the address and the account."""

from collections.abc import Iterator
from decimal import Decimal

from dailyfresh_core.days import said
from dailyfresh_core.pricing.amounts import NOTHING
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..line_amounts import Named, of_freight, taken_off
from ..protocols import Address

ADDRESS = ("receiver", "phone", "province_code", "province", "city", "district", "street", "postcode")
"""What an order copies of its address."""


class Order(models.Model):
    class State(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
        TO_SHIP = "to_ship", _("To be shipped")
        SHIPPED = "shipped", _("On its way")
        RECEIVED = "received", _("To be reviewed")
        DONE = "done", pgettext_lazy("order state", "Done")
        CANCELLING = "cancelling", _("Being cancelled")
        CANCELLED = "cancelled", _("Cancelled")
        CLOSED = "closed", pgettext_lazy("order state", "Closed")

    class Wish(models.TextChoices):
        REFUND = "refund", pgettext_lazy("what is short", "Leave it out and refund it")
        CALL = "call", pgettext_lazy("what is short", "Call me first")
        CHOOSE = "choose", pgettext_lazy("what is short", "Choose something like it for me")

    number = models.CharField(_("order number"), max_length=32, unique=True)
    token = models.CharField(_("token"), max_length=32, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="dailyfresh_orders",
        verbose_name=_("buyer"),
        db_index=False,
    )
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    payment_method = models.CharField(_("payment method"), max_length=32)

    goods_total = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=12, decimal_places=2, default=NOTHING)
    fees = models.DecimalField(_("fees"), max_digits=12, decimal_places=2, default=NOTHING)
    freight = models.DecimalField(_("freight"), max_digits=12, decimal_places=2)
    total = models.DecimalField(
        _("total"), max_digits=12, decimal_places=2, help_text=_("As agreed: goods, discount, fees and freight.")
    )
    settled_total = models.DecimalField(
        _("settled total"), max_digits=12, decimal_places=2, null=True, help_text=_("For what was really given.")
    )
    settled_at = models.DateTimeField(_("settled"), null=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")

    requires_shipping = models.BooleanField(_("is sent to an address"), default=True, db_default=True)
    receiver = models.CharField(_("receiver"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    province_code = models.CharField(_("province code"), max_length=12, blank=True)
    province = models.CharField(_("province"), max_length=40, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    district = models.CharField(_("district"), max_length=40, blank=True)
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    district_code = models.CharField(_("district code"), max_length=12, blank=True, default="", db_default="")
    window = models.CharField(_("window"), max_length=64, blank=True, default="", db_default="", editable=False)
    place = models.CharField(_("fetched at"), max_length=200, blank=True, default="", db_default="")
    window_starts = models.DateTimeField(_("comes from"), null=True)
    window_ends = models.DateTimeField(_("comes until"), null=True)
    window_closes = models.DateTimeField(_("its time may be changed until"), null=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    wish = models.CharField(
        _("what is short"), max_length=6, choices=Wish.choices, default=Wish.REFUND, db_default=Wish.REFUND
    )
    language = models.CharField(
        _("language"),
        max_length=16,
        blank=True,
        default="",
        db_default="",
        help_text=_("What the buyer is written in."),
    )

    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    tracking_number = models.CharField(_("tracking number"), max_length=64, blank=True)

    placed_at = models.DateTimeField(_("placed"))
    expires_at = models.DateTimeField(_("payable until"), null=True)
    paid_at = models.DateTimeField(_("paid"), null=True)
    sold_at = models.DateTimeField(
        _("sold"), null=True, help_text=_("When it was to be shipped first; sales count by it.")
    )
    shipped_at = models.DateTimeField(_("shipped"), null=True)
    received_at = models.DateTimeField(_("received"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    due_at = models.DateTimeField(
        _("due"),
        null=True,
        help_text=_("When the state changes by itself: unpaid, not confirmed or not reviewed in time."),
    )
    basket_due = models.BooleanField(_("cart to be settled"), null=True, editable=False)
    turn = models.PositiveIntegerField(null=True, editable=False)
    """Which of its buyer's orders it was where their limits were looked at: of two placed at once one is the next, and the other looks again."""

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["user", "state", "-id"], name="orders_of_a_user"),
            models.Index(fields=["state", "due_at"], name="orders_due"),
            models.Index(fields=["sold_at", "total"], name="orders_sold"),
            models.Index(fields=["placed_at"], name="orders_placed"),
            models.Index(fields=["phone"], name="orders_phone"),
            models.Index(fields=["basket_due"], name="orders_basket_due"),
            models.Index(fields=["window"], name="orders_in_window"),
        ]
        constraints = [models.UniqueConstraint(fields=["user", "turn"], name="orders_in_turn")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("dailyfresh_orders:detail", args=[self.number])

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        """Django's own makes the names of all states for each row of a list."""
        return str(STATES.get(self.state, self.state))

    @property
    def payable(self) -> Decimal:
        """What the buyer pays: as agreed, and once it is settled what was given, for that. Nobody else reads the total for it."""
        return self.total if self.settled_total is None else self.settled_total

    @property
    def address(self) -> str:
        """The address in one line, without receiver and phone."""
        area = dict.fromkeys(part for part in (self.province, self.city, self.district) if part)
        return " ".join([*area, self.street])

    @property
    def when(self) -> str:
        """Day and hours in which it comes; "" where nobody was asked."""
        return said(self.window_starts, self.window_ends) if self.window_starts and self.window_ends else ""

    @property
    def overdue(self) -> bool:
        """Whether the time to pay is over and the clock has not cancelled the order yet: it cannot be paid any more."""
        waiting = self.state == self.State.AWAITING_PAYMENT
        return waiting and self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def ended(self) -> bool:
        return self.state in (self.State.DONE, self.State.CANCELLED, self.State.CLOSED)

    @property
    def taken_off(self) -> list[Named]:
        """Every discount and fee, those of its lines too."""
        return taken_off(self.adjustments.all())

    @property
    def of_freight(self) -> list[Named]:
        """What offers took off the freight."""
        return of_freight(self.adjustments.all())

    @property
    def agreed(self) -> Decimal:
        """What it was to cost when it was placed: to be shown beside what it costs."""
        return self.total

    @property
    def less(self) -> Decimal:
        """What it came to less than was agreed, for what was really given: 0 or less."""
        return self.payable - self.total

    @property
    def back(self) -> Decimal:
        """The same as what comes off."""
        return -self.less


STATES = dict(Order.State.choices)
"""State -> its name."""


def length_of(model: type[models.Model], column: str) -> int:
    """How many characters a column holds."""
    return model._meta.get_field(column).max_length  # type: ignore[return-value, union-attr]


def too_long(address: Address) -> Iterator[str]:
    """A sentence for each part of an address that an order has no room for."""
    for column in ADDRESS:
        length, most = len(getattr(address, column)), length_of(Order, column)
        if length > most:
            yield f"the {column} of address {address.id!r} has {length} characters, and an order holds {most}."
