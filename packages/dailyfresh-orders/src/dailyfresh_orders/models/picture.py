"""Pictures that buyers send: drawn anew by a worker before anybody sees them."""

from django.db import models
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _


def nameless(picture: "SentPicture", name: str) -> str:
    """Where a picture waits as it was sent: nobody can guess the address, and nothing shows it as a picture."""
    return f"reviews/waiting/{get_random_string(32)}.bin"


class SentPicture(models.Model):
    """A picture as it was sent until a worker has drawn it anew, and then only what was drawn."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        SHOWN = "shown", _("Shown")
        REFUSED = "refused", _("Cannot be drawn")

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    image: "models.ImageField"
    sent = models.FileField(_("as it was sent"), upload_to=nameless, max_length=200, blank=True, editable=False)
    draw_at = models.DateTimeField(_("to be drawn at"), null=True, blank=True, db_index=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
        ordering = ["pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return str(self.image) or str(self.get_state_display())
