from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredCart(models.Model):
    """One owner's cart, where the setting STORE keeps carts in the database; empty in every other site."""

    owner: "models.CharField[Any, str]" = models.CharField(_("owner"), max_length=80, primary_key=True)
    document: "models.JSONField[Any, Any]" = models.JSONField(_("document"), default=dict)
    touched: "models.PositiveBigIntegerField[Any, int]" = models.PositiveBigIntegerField(_("touched"), default=0)
    changed: "models.PositiveBigIntegerField[Any, int]" = models.PositiveBigIntegerField(
        _("changed"), default=0, help_text=_("Seconds since 1970.")
    )

    class Meta:
        verbose_name = _("stored cart")
        verbose_name_plural = _("stored carts")

    def __str__(self) -> str:
        return self.owner
