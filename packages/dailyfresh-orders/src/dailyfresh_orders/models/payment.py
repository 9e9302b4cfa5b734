"""Payments, refunds and the books kept about them."""

from decimal import Decimal

from dailyfresh_core.pricing.measures import times
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Payment(models.Model):
    """One attempt to pay an order through one gateway.

    A retry with the same gateway and amount is the same attempt, so that a buyer who presses "pay" twice has one
    trade at the gateway; a closed attempt is followed by a new one under a new number.
    """

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("payment", "Waiting for payment")
        PAID = "paid", pgettext_lazy("payment", "Paid")
        PART_REFUNDED = "part_refunded", pgettext_lazy("payment", "Partly refunded")
        REFUNDED = "refunded", pgettext_lazy("payment", "Refunded")
        CLOSED = "closed", pgettext_lazy("payment", "Closed unpaid")
        LATE_PAID = "late_paid", pgettext_lazy("payment", "Paid too late, going back")
        DUPLICATE = "duplicate", pgettext_lazy("payment", "Paid twice, going back")
        DISPUTED = "disputed", pgettext_lazy("payment", "Disputed")

    order = models.ForeignKey(
        "dailyfresh_orders.Order", models.PROTECT, related_name="payments", verbose_name=_("order")
    )
    gateway = models.CharField(_("gateway"), max_length=32)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    out_trade_no = models.CharField(_("our number"), max_length=64)
    trade_no = models.CharField(_("the gateway's number"), max_length=64, null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    subject = models.CharField(_("subject"), max_length=128)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.PENDING)
    # 1 on the payment that paid the order, else NULL: MariaDB has no conditional unique constraint.
    paid_slot = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    received = models.DecimalField(_("received"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    refunded = models.DecimalField(_("refunded"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    refunded_there = models.DecimalField(
        _("refunded according to the gateway"), max_digits=12, decimal_places=2, default=Decimal("0.00")
    )
    refundable = models.BooleanField(_("can be refunded through the gateway"), default=True)
    buyer = models.CharField(_("buyer's account, masked"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    asked_at = models.DateTimeField(_("gateway asked at"), null=True, blank=True, editable=False)
    ask_again_at = models.DateTimeField(_("ask again at"), null=True, blank=True, editable=False)
    asked_times = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["gateway", "out_trade_no"], name="df_payment_number"),
            models.UniqueConstraint(fields=["gateway", "trade_no"], name="df_payment_trade"),
            models.UniqueConstraint(fields=["order", "paid_slot"], name="df_payment_paid_once"),
            models.UniqueConstraint(fields=["order", "attempt"], name="df_payment_attempt"),
        ]
        indexes = [
            models.Index(fields=["state", "ask_again_at"], name="df_payment_due"),
            models.Index(fields=["created_at"], name="df_payment_created"),
            models.Index(fields=["paid_at"], name="df_payment_paid_at"),
        ]

    def __str__(self) -> str:
        return self.out_trade_no


class PaymentLog(models.Model):
    """What happened to a payment: who told us, when, and what it changed. Only ever added to."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="log", verbose_name=_("payment"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    source = models.CharField(_("source"), max_length=32)
    before = models.CharField(_("before"), max_length=16, choices=Payment.State.choices)
    after = models.CharField(_("after"), max_length=16, choices=Payment.State.choices)
    note = models.CharField(_("note"), max_length=255, blank=True)
    alarm = models.BooleanField(_("needs a look"), default=False)

    class Meta:
        verbose_name = _("payment log entry")
        verbose_name_plural = _("payment log")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_before_display()} → {self.get_after_display()}"


class Notice(models.Model):
    """A message that a gateway delivered, once per message however often it came.

    A log for people and for reconciliation. It guards nothing: settling is exactly-once by itself, because a guard
    row could outlive a settlement that was rolled back.
    """

    gateway = models.CharField(_("gateway"), max_length=32)
    event = models.CharField(_("event"), max_length=64)
    out_trade_no = models.CharField(_("our number"), max_length=64, db_index=True)
    summary = models.CharField(_("summary"), max_length=255)
    outcome = models.CharField(_("outcome"), max_length=32)
    times = models.PositiveIntegerField(_("deliveries"), default=1)
    first_at = models.DateTimeField(_("first at"))
    last_at = models.DateTimeField(_("last at"))

    class Meta:
        verbose_name = _("gateway notice")
        verbose_name_plural = _("gateway notices")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["gateway", "event"], name="df_notice_event")]

    def __str__(self) -> str:
        return self.summary


class Refund(models.Model):
    """Money on its way back to a buyer: the row is committed before the gateway hears of it."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("refund", "Asked for, to be approved")
        DECLINED = "declined", pgettext_lazy("refund", "Declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("refund", "Withdrawn")
        READY = "ready", pgettext_lazy("refund", "Approved")
        SENT = "sent", pgettext_lazy("refund", "Being refunded")
        DONE = "done", pgettext_lazy("refund", "Refunded")
        REFUSED = "refused", pgettext_lazy("refund", "Refused by the gateway")

    OPEN = (State.ASKED, State.READY, State.SENT)
    """Neither carried out nor dropped."""

    class Kind(models.TextChoices):
        BUYER = "buyer", pgettext_lazy("refund", "Asked for by the buyer")
        STAFF = "staff", pgettext_lazy("refund", "Given by the shop")
        LATE = "late", pgettext_lazy("refund", "Paid too late")
        DUPLICATE = "duplicate", pgettext_lazy("refund", "Paid twice")
        SETTLEMENT = "settlement", pgettext_lazy("refund", "It costs less than was paid")

    class Goods(models.TextChoices):
        NONE = "none", pgettext_lazy("refund", "No goods come back")
        RESTOCK = "restock", pgettext_lazy("refund", "Back into stock")
        SCRAP = "scrap", pgettext_lazy("refund", "Scrapped")

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("payment"))
    out_request_no = models.CharField(_("our number"), max_length=64)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    whole = models.BooleanField(_("whole order"), default=False)
    goods = models.CharField(_("goods"), max_length=16, choices=Goods.choices, default=Goods.NONE)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    answer = models.CharField(_("answer to the buyer"), max_length=200, blank=True)
    code = models.CharField(_("the gateway's code"), max_length=64, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    try_at = models.DateTimeField(_("try again at"), null=True, blank=True, editable=False)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    # Buyer, month and a number from 1 on: as many rows as one is paid back at once for, however many ask at the same moment.
    at_once = models.CharField(max_length=64, null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["payment", "out_request_no"], name="df_refund_number")]
        indexes = [models.Index(fields=["state", "try_at"], name="df_refund_due")]

    def __str__(self) -> str:
        return self.out_request_no


class RefundLine(models.Model):
    """How much of one order line a refund gives back."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines", verbose_name=_("refund"))
    order_line = models.ForeignKey(
        "dailyfresh_orders.OrderLine", models.PROTECT, related_name="refund_lines", verbose_name=_("order line")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, help_text=_("What the buyer had paid for it.")
    )

    class Meta:
        verbose_name = _("refunded line")
        verbose_name_plural = _("refunded lines")
        constraints = [models.UniqueConstraint(fields=["refund", "order_line"], name="df_refund_line_once")]

    def __str__(self) -> str:
        return f"{self.order_line.name} {times(self.quantity, self.order_line)}"
