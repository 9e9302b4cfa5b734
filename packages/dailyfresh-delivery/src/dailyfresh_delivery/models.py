"""Where orders come and when: zones and pickup points, the patterns that windows are made of, and who holds a place in them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from dailyfresh_core.days import moment, said
from dailyfresh_core.i18n.languages import Text
from dailyfresh_core.i18n.translations import Translated
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fees import NOTHING, Tariff

EVERY_DAY = 0b1111111


def money(label: Any, **more: Any) -> Any:
    more.setdefault("default", NOTHING)
    return models.DecimalField(label, max_digits=12, decimal_places=2, validators=[MinValueValidator(0)], **more)


class Zone(Translated):
    """Districts that are reached alike, and what that costs. The longest code of a district decides whose it is."""

    TRANSLATED = ("name",)

    name = models.CharField(_("name"), max_length=60)
    base = money(_("base fee"))
    first_grams = models.PositiveIntegerField(_("brings so many grams"), default=0, help_text=_("0: any weight."))
    step_grams = models.PositiveIntegerField(_("each further (g)"), default=1000, validators=[MinValueValidator(1)])
    per_step = money(_("costs"))
    free_from = money(
        _("no base fee from"),
        null=True,
        blank=True,
        default=None,
        help_text=_("What the goods come to; weight and window are paid all the same."),
    )

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("zone")
        verbose_name_plural = _("zones")

    def __str__(self) -> str:
        return self.name

    @property
    def tariff(self) -> Tariff:
        return Tariff(self.base, self.first_grams, self.step_grams, self.per_step, self.free_from)


class ZoneArea(models.Model):
    """A province (2 digits), city (4) or district (6) that belongs to a zone."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="areas", verbose_name=_("zone"))
    code = models.CharField(
        _("area code"),
        max_length=6,
        unique=True,
        validators=[RegexValidator(r"^(\d\d){1,3}$", _("2, 4 or 6 digits, as in GB/T 2260."))],
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("area")
        verbose_name_plural = _("areas")

    def __str__(self) -> str:
        return self.code


class PickupPoint(Translated):
    """Where orders are fetched."""

    TRANSLATED = ("name", "address")

    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("where it is"), max_length=120)
    phone = models.CharField(_("phone"), max_length=32, blank=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("pickup point")
        verbose_name_plural = _("pickup points")

    def __str__(self) -> str:
        return self.name

    @property
    def text(self) -> Text:
        """Where it is, in one line, in the language of the moment."""
        name, address = self.said.name, self.said.address
        return Text(", ".join(part for part in (name, address) if part), name.language)


class Somewhere(models.Model):
    """What belongs to a zone or to a pickup point."""

    zone = models.ForeignKey(Zone, models.PROTECT, null=True, blank=True, verbose_name=_("zone"))
    point = models.ForeignKey(PickupPoint, models.PROTECT, null=True, blank=True, verbose_name=_("pickup point"))
    fee = money(_("fee"), help_text=_("Beside what the zone costs."))
    capacity = models.PositiveIntegerField(_("places"), default=20)
    capacity_grams = models.PositiveIntegerField(_("grams"), null=True, blank=True, help_text=_("Empty: any weight."))

    class Meta:
        abstract = True

    @property
    def where(self) -> "Zone | PickupPoint | None":
        return self.zone or self.point


class Pattern(Somewhere):
    """Windows that come again on these weekdays."""

    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=EVERY_DAY)
    start = models.TimeField(_("begins"))
    end = models.TimeField(_("ends"))
    cut_off_minutes = models.PositiveIntegerField(_("orders until so many minutes before"), default=120)
    cut_off_time = models.TimeField(
        _("or until"), null=True, blank=True, help_text=_("On the clock, so many days before.")
    )
    cut_off_days = models.PositiveSmallIntegerField(_("days before"), default=1)

    class Meta:
        ordering = ["zone", "point", "start", "pk"]
        verbose_name = _("pattern")
        verbose_name_plural = _("patterns")
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="delivery_pattern_ends_later"),
            models.CheckConstraint(
                condition=Q(zone=None, point__isnull=False) | Q(zone__isnull=False, point=None),
                name="delivery_pattern_somewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.where} {self.start:%H:%M}–{self.end:%H:%M}"

    def on(self, day: date) -> bool:
        return bool(self.weekdays >> day.weekday() & 1)

    def cut_off(self, day: date) -> datetime:
        """Until when orders are taken for a day."""
        if self.cut_off_time is not None:
            return moment(day - timedelta(days=self.cut_off_days), self.cut_off_time)
        return moment(day, self.start) - timedelta(minutes=self.cut_off_minutes)

    def clean(self) -> None:
        if (self.zone is None) == (self.point is None):
            raise ValidationError({"zone": _("Windows are for a zone or for a pickup point.")})
        if isinstance(self.start, time) and isinstance(self.end, time):
            if self.start >= self.end:
                raise ValidationError({"end": _("It ends before it begins.")})
            if self.cut_off_time and not self.cut_off_days and self.cut_off_time > self.start:
                raise ValidationError({"cut_off_time": _("Orders would be taken after it has begun.")})
            beside = Pattern.objects.filter(zone=self.zone, point=self.point).exclude(pk=self.pk)
            for other in beside.filter(start__lt=self.end, end__gt=self.start):
                if other.weekdays & self.weekdays:
                    raise ValidationError(_("It overlaps with %(other)s."), params={"other": other})


class Holiday(models.Model):
    """A day on which nothing comes."""

    date = models.DateField(_("day"))
    zone = models.ForeignKey(
        Zone, models.CASCADE, null=True, blank=True, verbose_name=_("zone"), help_text=_("Empty: everywhere.")
    )
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["date", "pk"]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}".strip()


class Slot(Somewhere):
    """A window on a day: all that decides whether it can be had stands in this row."""

    class Closed(models.TextChoices):
        OPEN = "", _("open")
        HOLIDAY = "holiday", _("holiday")
        STAFF = "staff", _("closed by staff")

    pattern = models.ForeignKey(Pattern, models.SET_NULL, null=True, editable=False, verbose_name=_("pattern"))
    date = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    cut_off_at = models.DateTimeField(_("orders until"))
    taken = models.PositiveIntegerField(_("places taken"), default=0)
    taken_grams = models.PositiveIntegerField(_("grams taken"), default=0)
    closed = models.CharField(_("closed"), max_length=7, choices=Closed.choices, default=Closed.OPEN, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("window")
        verbose_name_plural = _("windows")
        constraints = [
            models.UniqueConstraint(fields=["zone", "starts_at"], name="delivery_slot_of_zone_once"),
            models.UniqueConstraint(fields=["point", "starts_at"], name="delivery_slot_of_point_once"),
        ]
        indexes = [models.Index(fields=["date"], name="delivery_slot_day")]

    def __str__(self) -> str:
        return f"{self.where} {said(self.starts_at, self.ends_at)}"

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.taken)


class Reservation(models.Model):
    """An order's place in a window. Its window bears no constraint: a row that many orders wait for is no parent."""

    reference = models.CharField(_("order"), max_length=64, unique=True)
    slot = models.ForeignKey(
        Slot, models.DO_NOTHING, db_constraint=False, related_name="reservations", verbose_name=_("window")
    )
    grams = models.PositiveIntegerField(_("grams"), default=0)
    at = models.DateTimeField(_("at"))
    released_at = models.DateTimeField(_("given back"), null=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")

    def __str__(self) -> str:
        return self.reference
