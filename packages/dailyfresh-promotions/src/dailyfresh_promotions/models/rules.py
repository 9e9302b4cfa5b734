"""The merchant's offers, and the rows that orders count in: these stand apart, so that no order waits for a rule."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..coins import in_coins
from ..engine import EVERY_DAY, Flash, Prices, Schedule, Scope
from ..engine import Rule as Offer
from ..exceptions import BadParams
from ..signals import offers_changed
from ..stored_rules import Kind
from .terms import Terms


class Rule(Terms):
    """One offer. What is off sale, over or not begun takes nothing off."""

    class Audience(models.TextChoices):
        ALL = "all", _("Everybody")
        MEMBERS = "members", _("Members")
        FIRST = "first", _("First order")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    priority = models.SmallIntegerField(_("priority"), default=0, help_text=_("The higher one comes first."))
    stackable = models.BooleanField(
        _("stackable"),
        default=False,
        help_text=_("Leaves its goods to further offers; otherwise it takes them for itself."),
    )
    alone = models.BooleanField(
        _("stands alone"), default=False, help_text=_("Of a price: no other offer and no coupon for these goods.")
    )
    starts = models.DateTimeField(pgettext_lazy("of an offer", "from"), null=True, blank=True)
    ends = models.DateTimeField(pgettext_lazy("of an offer", "until"), null=True, blank=True)
    weekdays = models.PositiveSmallIntegerField(
        _("weekdays"), default=EVERY_DAY, validators=[MinValueValidator(1), MaxValueValidator(EVERY_DAY)]
    )
    opens = models.TimeField(_("daily from"), null=True, blank=True)
    closes = models.TimeField(_("daily until"), null=True, blank=True)
    audience = models.CharField(_("for"), max_length=8, choices=Audience.choices, default=Audience.ALL)
    per_user = models.PositiveSmallIntegerField(
        _("orders of one buyer"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: any number."),
    )

    announced = models.BooleanField(default=False, editable=False)
    """Whether `offers_changed` was sent for its beginning, and not yet for its end."""

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["-pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        before = Rule.objects.filter(pk=self.pk).first() if self.pk else None
        super().save(*args, **kwargs)
        rows = Rule.objects.filter(pk=self.pk)
        self.announced = rows.filter(Rule.running(timezone.now())).exists()
        rows.update(announced=self.announced)
        if self.announced or (before and before.announced):
            offers_changed.send(Rule, sku_ids=_together(rule.skus() for rule in (self, before) if rule))

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        meant = self.skus()
        gone = super().delete(*args, **kwargs)
        offers_changed.send(Rule, sku_ids=meant)
        return gone

    @staticmethod
    def running(at: datetime) -> Q:
        """Of a rule: whether it is on at a moment, whatever its days and hours."""
        return Q(active=True) & (Q(starts=None) | Q(starts__lte=at)) & (Q(ends=None) | Q(ends__gt=at))

    def skus(self) -> list[str] | None:
        """The SKUs that it means; None: any, or those of groups."""
        try:
            benefit, scope = self.benefit(), self.goods()
        except BadParams:  # it takes nothing off
            return []
        if isinstance(benefit, Flash):
            return sorted(self.limits.exclude(OF_ALL).values_list("sku_id", flat=True))
        if isinstance(benefit, Prices) and benefit.prices:
            return sorted(benefit.prices)
        return None if scope.everything or scope.groups else sorted(scope.skus)

    def schedule(self) -> Schedule:
        minutes = None
        if self.opens or self.closes:
            first, after = (time.hour * 60 + time.minute if time else None for time in (self.opens, self.closes))
            minutes = (first or 0, after or 24 * 60)
        return Schedule(self.starts, self.ends, self.weekdays, minutes)

    def offer(self, limits: "Iterable[Limit]") -> Offer:
        """As the engine takes it, with its flash prices and its budget. Raises BadParams."""
        benefit, scope = self.benefit(), self.goods()
        if isinstance(benefit, Flash):
            benefit = Flash({one.sku_id: (in_coins(one.price), one.pk) for one in limits if one.price is not None})
            scope = Scope(False, frozenset(benefit.items))
        elif isinstance(benefit, Prices) and benefit.prices:
            scope = Scope(False, frozenset(benefit.prices), but_groups=scope.but_groups)
        return Offer(
            id=self.pk,
            benefit=benefit,
            scope=scope,
            priority=self.priority,
            stackable=self.stackable,
            alone=self.alone,
            schedule=self.schedule(),
            label=self.label,
            told=self.translations,
            audience=self.audience,
            per_user=self.per_user,
            budget=next((one.pk for one in limits if not one.sku_id), None),
            version=self.version,
        )


OF_ALL = Q(sku_id="")
"""Of a limit: whether it counts uses of the whole offer."""


class Limit(models.Model):
    """What orders of a rule count in: of the whole offer, or of one SKU, which then has a price. An order raises all of its own at once."""

    rule = models.ForeignKey(Rule, models.CASCADE, db_constraint=False, related_name="limits", verbose_name=_("offer"))
    sku_id = models.CharField(_("SKU"), max_length=64, default="")
    """Empty: uses of the whole offer are counted, else pieces."""
    price = models.DecimalField(
        _("price"), max_digits=12, decimal_places=2, null=True, validators=[MinValueValidator(0)]
    )
    quantity = models.PositiveIntegerField(_("pieces"), null=True)
    """At most so many; None: any number."""
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)
    per_buyer = models.PositiveSmallIntegerField(
        _("pieces of one buyer"), default=1, validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    max_spent = models.DecimalField(
        _("most to take off"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    spent = models.DecimalField(_("taken off"), max_digits=12, decimal_places=2, default=0, editable=False)

    class Meta:
        verbose_name = _("limit")
        verbose_name_plural = _("limits")
        constraints = [
            models.UniqueConstraint(fields=["rule", "sku_id"], name="df_limit_sku"),
            models.CheckConstraint(
                condition=OF_ALL | Q(price__isnull=False, quantity__isnull=False, taken__lte=F("quantity")),
                name="df_limit_taken",
            ),
        ]

    def __str__(self) -> str:
        none = "∞"
        money = "" if self.sku_id else f", {self.spent}/{none if self.max_spent is None else self.max_spent}"
        return f"{self.sku_id} {self.taken}/{none if self.quantity is None else self.quantity}{money}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saved again it leaves its counters alone: orders may have moved them meanwhile."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            kept = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            kwargs["update_fields"] = kept - {"taken", "spent"}
        super().save(*args, **kwargs)
        self._tell()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self._tell()
        return gone

    @property
    def used(self) -> int:
        """How many per cent are gone of what will be gone first."""
        parts = ((self.taken, self.quantity), (self.spent, self.max_spent))
        return max((int(100 * gone / most) if most else 100 for gone, most in parts if most is not None), default=0)

    def _tell(self) -> None:
        """Whoever holds the rule reads it anew; a page that is the same for everybody names no offer that may be used up."""
        Rule.edited(self.rule_id)
        offers_changed.send(Rule, sku_ids=[self.sku_id] if self.sku_id else self.rule.skus())

    def clean(self) -> None:
        """The constraint cannot say it: `taken` is no field of a form."""
        if self.sku_id and self.quantity is not None and self.quantity < self.taken:
            raise ValidationError({"quantity": _("Not fewer than are taken already: %(n)d.") % {"n": self.taken}})


def _together(meant: Iterable[list[str] | None]) -> list[str] | None:
    found = list(meant)
    return None if None in found else sorted({sku_id for some in found for sku_id in some or ()})
