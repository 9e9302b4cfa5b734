"""What people are told, of an order or of goods: one message for what happened, and a letter for each person and channel it goes to."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Message(models.Model):
    """Something happened that somebody should hear of: written with it, in the same transaction."""

    class Event(models.TextChoices):
        PLACED = "placed", pgettext_lazy("message", "The order is placed")
        PAID = "paid", pgettext_lazy("message", "The order is paid")
        PACKED = "packed", pgettext_lazy("message", "The order is packed")
        SHIPPED = "shipped", pgettext_lazy("message", "The order is on its way")
        RECEIVED = "received", pgettext_lazy("message", "The order has arrived")
        CANCELLED = "cancelled", pgettext_lazy("message", "The order is cancelled")
        RESCHEDULED = "rescheduled", pgettext_lazy("message", "The order comes at another time")
        REFUNDED = "refunded", pgettext_lazy("message", "Money was refunded")
        REFUND_DECLINED = "refund_declined", pgettext_lazy("message", "A refund was declined")
        NEW_ORDER = "new_order", pgettext_lazy("message", "An order is to be shipped")
        REFUND_ASKED = "refund_asked", pgettext_lazy("message", "A refund is asked for")
        LOW_STOCK = "low_stock", pgettext_lazy("message", "Goods are nearly sold out")
        BACK_IN_STOCK = "back_in_stock", pgettext_lazy("message", "Goods that you wait for are back")
        DISPUTE = "dispute", pgettext_lazy("message", "A payment needs a look")

    OF_AMOUNT = (Event.PLACED, Event.PAID, Event.NEW_ORDER)
    """Their note is what the order came to then."""
    STAFF = {
        Event.NEW_ORDER: "dailyfresh_orders.change_order",
        Event.REFUND_ASKED: "dailyfresh_orders.change_refund",
        Event.LOW_STOCK: "dailyfresh_orders.view_salesday",
        Event.DISPUTE: "dailyfresh_orders.change_payment",
    }
    """Event that staff are told of, not the buyer -> the permission that whoever is told has (`staff.permission_for`)."""

    event = models.CharField(_("event"), max_length=16, choices=Event.choices)
    order = models.ForeignKey(
        "dailyfresh_orders.Order", models.CASCADE, null=True, related_name="messages", verbose_name=_("order")
    )
    refund = models.ForeignKey(
        "dailyfresh_orders.Refund", models.CASCADE, null=True, related_name="+", verbose_name=_("refund")
    )
    payment = models.ForeignKey(
        "dailyfresh_orders.Payment", models.CASCADE, null=True, related_name="+", verbose_name=_("payment")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("recipient"),
        help_text=_("Of what is no order's."),
    )
    language = models.CharField(_("language"), max_length=35, blank=True)
    sku_id = models.CharField(_("SKU"), max_length=64, blank=True)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    due = models.BooleanField(_("to be addressed"), null=True, default=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["due"], name="orders_message_due"),
            models.Index(fields=["at"], name="orders_message_at"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.order_id or ''}".strip()

    @property
    def for_staff(self) -> bool:
        return self.event in self.STAFF


class Letter(models.Model):
    """One message to one person by one channel. What a channel of the shop itself `keeps` is sent when it is written."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="letters", verbose_name=_("message"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="dailyfresh_letters",
        verbose_name=_("recipient"),
        db_index=False,
    )
    channel = models.CharField(_("channel"), max_length=32)
    due_at = models.DateTimeField(_("due"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [models.UniqueConstraint(fields=["message", "user", "channel"], name="orders_letter_once")]
        indexes = [
            models.Index(fields=["due_at"], name="orders_letter_due"),
            models.Index(fields=["user", "channel", "read_at"], name="orders_letters_read"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.message_id}"


class MessageChoice(models.Model):
    """What a person does not want to hear, and by which channel; everything else they do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("account")
    )
    unwanted = models.JSONField(_("unwanted"), default=list, help_text=_('As "shipped:mail".'))

    class Meta:
        verbose_name = _("choice of messages")
        verbose_name_plural = _("choices of messages")

    def __str__(self) -> str:
        return str(self.user_id)

    @staticmethod
    def words(kept: object) -> set[str]:
        """What `unwanted` keeps, less what is none of it."""
        return {word for word in kept if isinstance(word, str)} if isinstance(kept, list) else set()


class LowStock(models.Model):
    """Goods that staff were told of as nearly sold out; forgotten when there is more again."""

    sku_id = models.CharField(_("SKU"), max_length=64, primary_key=True)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("goods nearly sold out")
        verbose_name_plural = _("goods nearly sold out")

    def __str__(self) -> str:
        return self.sku_id
