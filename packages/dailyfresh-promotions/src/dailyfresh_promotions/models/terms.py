"""What rules and batches of coupons have in common: a kind with its numbers, the goods that are meant, a version."""

from secrets import randbelow
from typing import Any

from dailyfresh_core.i18n.translations import Translated
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..engine import Benefit, FreeFreight, Scope
from ..stored_rules import benefit_of, scope_of


def a_version() -> int:
    """Drawn, not counted: an edit that was rolled back may have been read, and the next one must not go by its number."""
    return randbelow(2**31)


class Terms(Translated):
    TRANSLATED = ("label",)
    kind: Any
    """Which kinds there are, each model says."""
    name = models.CharField(_("name"), max_length=60, help_text=_("For staff."))
    label = models.CharField(
        _("words for buyers"),
        max_length=60,
        blank=True,
        help_text=_("Left empty, the offer is written out: “¥10 off from ¥100”."),
    )
    params = models.JSONField(_("numbers"), default=dict, editable=False)
    scope = models.JSONField(_("goods"), default=dict, editable=False)
    active = models.BooleanField(_("active"), default=True, help_text=_("Switched off it is over at once."))
    version = models.PositiveIntegerField(default=a_version, editable=False)
    """Another one after every edit, so that quotes and caches tell an edited rule from the one they saw."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.version = a_version()
        super().save(*args, **kwargs)

    @classmethod
    def edited(cls, pk: int) -> None:
        """Whoever holds what this row said reads it anew."""
        cls._default_manager.filter(pk=pk).update(version=a_version())

    def benefit(self) -> Benefit | FreeFreight:
        """Raises BadParams."""
        return benefit_of(self.kind, self.params)

    def goods(self) -> Scope:
        """Raises BadParams."""
        return scope_of(self.scope)
