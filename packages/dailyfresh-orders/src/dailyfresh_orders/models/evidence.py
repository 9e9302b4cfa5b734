"""What a buyer shows of goods that are not good."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .payment import Refund
from .picture import SentPicture


class RefundPicture(SentPicture):
    """A picture of what is wrong with the goods of a refund."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="pictures", verbose_name=_("refund"))
    image = models.ImageField(_("picture"), upload_to="refunds/%Y/%m", max_length=200, blank=True)
