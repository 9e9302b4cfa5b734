"""What buyers say about what they received."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from .line import OrderLine
from .picture import SentPicture, nameless


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


class ReviewPicture(SentPicture):
    """A picture of a review."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="pictures", verbose_name=_("review"))
    image = models.ImageField(_("picture"), upload_to="reviews/%Y/%m", max_length=200, blank=True)


__all__ = ["Review", "ReviewPicture", "nameless"]
