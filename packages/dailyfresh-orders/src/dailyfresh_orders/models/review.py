"""What buyers say about what they received."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from .order import OrderLine


class Review(models.Model):
    class State(models.TextChoices):
        PENDING = "pending", _("Waiting for approval")
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")

    line = models.OneToOneField(OrderLine, models.CASCADE, related_name="review", verbose_name=_("order line"))
    sku_id = models.CharField(_("SKU"), max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("buyer")
    )
    author = models.CharField(_("shown as"), max_length=40, blank=True, help_text=_("Empty for an anonymous review."))
    stars = models.PositiveSmallIntegerField(_("stars"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    text = models.CharField(_("text"), max_length=500, blank=True)
    reply = models.CharField(_("reply of the shop"), max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        indexes = [models.Index(fields=["sku_id", "state", "stars", "-id"], name="orders_reviews_of_sku")]
        constraints = [
            models.CheckConstraint(condition=models.Q(stars__gte=1, stars__lte=5), name="orders_review_stars")
        ]

    def __str__(self) -> str:
        return f"{self.stars}★ {self.text[:40]}"


def nameless(picture: "ReviewPicture", name: str) -> str:
    """Where a picture waits as it was sent: nobody can guess the address, and nothing shows it as a picture."""
    return f"reviews/waiting/{get_random_string(32)}.bin"


class ReviewPicture(models.Model):
    """A picture of a review: as it was sent until a worker has drawn it anew, and then only what was drawn."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        SHOWN = "shown", _("Shown")
        REFUSED = "refused", _("Cannot be drawn")

    review = models.ForeignKey(Review, models.CASCADE, related_name="pictures", verbose_name=_("review"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    image = models.ImageField(_("picture"), upload_to="reviews/%Y/%m", max_length=200, blank=True)
    sent = models.FileField(_("as it was sent"), upload_to=nameless, max_length=200, blank=True, editable=False)
    draw_at = models.DateTimeField(_("to be drawn at"), null=True, blank=True, db_index=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.image) or str(self.get_state_display())
