"""What somebody with an account has in mind: favourites, and goods that they want to hear of when they are back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .goods import SKU


class Wish(models.Model):
    """One account's one wish for one SKU; `language` is what they would be told in."""

    class Kind(models.TextChoices):
        FAVOURITE = "favourite", _("favourite")
        BACK = "back", _("to be told when it is back")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="dailyfresh_wishes",
        verbose_name=_("account"),
        db_index=False,
    )
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="wishes", verbose_name=_("SKU"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    language = models.CharField(_("language"), max_length=35)
    made_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [models.UniqueConstraint(fields=["user", "kind", "sku"], name="goods_wish_once")]
        indexes = [models.Index(fields=["kind", "sku"], name="goods_wish_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sku_id}"
