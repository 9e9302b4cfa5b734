"""Batches of coupons, the coupons that came of them, and coupons that are being handed out."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..stored_rules import CouponKind
from .terms import Terms

DIGITS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, 1, I and O: a number is read to a colleague on the phone."""


def coupon_number() -> str:
    return get_random_string(12, DIGITS)


def folded(code: str) -> str:
    """A code as it is kept and compared: without spaces, whatever the case."""
    return "".join(code.split()).casefold()[:40]


class Batch(Terms):
    """What coupons of one kind give, how many there are and how long they are good."""

    class Returns(models.TextChoices):
        NEVER = "never", _("Never")
        BEFORE_SHIPPING = "before_shipping", _("When all is refunded before it is sent")
        WHOLE = "whole", _("When all is refunded")

    kind = models.CharField(_("kind"), max_length=10, choices=CouponKind.choices)
    with_activity = models.BooleanField(
        _("together with offers"), default=True, help_text=_("Also for goods that an offer reduced.")
    )
    total = models.PositiveIntegerField(_("how many"), null=True, blank=True, help_text=_("Empty: any number."))
    per_user = models.PositiveSmallIntegerField(
        _("for one buyer"), default=1, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )
    starts = models.DateTimeField(pgettext_lazy("of a coupon", "good from"), null=True, blank=True)
    ends = models.DateTimeField(pgettext_lazy("of a coupon", "good until"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(
        _("good for days"), null=True, blank=True, help_text=_("Counted from when it is had.")
    )
    returns = models.CharField(_("comes back"), max_length=16, choices=Returns.choices, default=Returns.BEFORE_SHIPPING)
    grace_days = models.PositiveSmallIntegerField(
        _("days of grace"), default=3, help_text=_("One that comes back is good for so long at least.")
    )
    code = models.CharField(
        _("code"), max_length=40, null=True, blank=True, unique=True, help_text=_("Whoever types it gets a coupon.")
    )
    shown = models.BooleanField(_("in the coupon centre"), default=False)
    voided = models.BooleanField(default=False, editable=False)
    """Then a coupon that comes back from an order is void too; until the batch is switched on again."""

    class Meta:
        verbose_name = _("batch of coupons")
        verbose_name_plural = _("batches of coupons")
        ordering = ["-pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = folded(self.code or "") or None
        self.voided = self.voided and not self.active
        super().save(*args, **kwargs)

    def good_until(self, at: datetime) -> datetime | None:
        """When a coupon that is had at this moment ends."""
        ends = [self.ends] if self.ends else []
        if self.days:
            ends.append(max(at, self.starts or at) + timedelta(days=self.days))
        return min(ends, default=None)


class BatchCount(models.Model):
    """How many coupons of a batch are out; the row that everybody who claims one meets at."""

    batch = models.OneToOneField(
        Batch, models.CASCADE, db_constraint=False, related_name="count", verbose_name=_("batch")
    )
    issued = models.PositiveIntegerField(_("issued"), default=0)

    def __str__(self) -> str:
        return str(self.issued)


class Coupon(models.Model):
    """A coupon of one user. Whether it is free is decided by an UPDATE, never by having looked."""

    class State(models.TextChoices):
        FREE = "free", _("Usable")
        HELD = "held", pgettext_lazy("of a coupon", "In an order")
        USED = "used", pgettext_lazy("of a coupon", "Used")
        VOID = "void", pgettext_lazy("of a coupon", "Void")

    batch = models.ForeignKey(
        Batch, models.PROTECT, db_constraint=False, related_name="coupons", verbose_name=_("batch")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("user"),
        db_constraint=False,
    )
    number = models.CharField(_("number"), max_length=16, unique=True, default=coupon_number)
    issue_slot = models.PositiveSmallIntegerField(default=1, editable=False)
    """1 to the batch's `per_user`: unique with the user, so that nobody has more, however they meet."""
    state = models.CharField(_("state"), max_length=4, choices=State.choices, default=State.FREE)
    starts = models.DateTimeField(pgettext_lazy("of a coupon", "good from"))
    ends = models.DateTimeField(pgettext_lazy("of a coupon", "good until"), null=True)
    reference = models.CharField(_("order"), max_length=64, blank=True, db_index=True)
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("coupon")
        verbose_name_plural = _("coupons")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["batch", "user", "issue_slot"], name="df_coupon_slot")]
        indexes = [models.Index(fields=["user", "state"], name="df_coupon_wallet")]

    def __str__(self) -> str:
        return self.number


class Issue(models.Model):
    """A batch that is being handed out to users, portion by portion: the drain goes on after `last`."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="issues", verbose_name=_("batch"))
    usernames = models.TextField(
        _("user names"), blank=True, help_text=_("One a line; empty: every active user."), max_length=100_000
    )
    last = models.CharField(max_length=64, blank=True, editable=False)
    """Key of the last user who was looked at; empty before the first."""
    issued = models.PositiveIntegerField(_("issued"), default=0, editable=False)
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    class Meta:
        verbose_name = _("handing out")
        verbose_name_plural = _("handings out")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["done_at"], name="df_issue_due")]

    def __str__(self) -> str:
        return f"{self.batch} #{self.pk}"
