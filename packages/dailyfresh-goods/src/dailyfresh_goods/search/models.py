"""What the shop itself says about words."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .words.lexicon import words_in


class Synonym(models.Model):
    """One row of the lexicon; for the words it names it takes the place of the shipped rows."""

    words = models.CharField(
        _("words"),
        max_length=300,
        help_text=_("Words for the same thing, with commas: 番茄, 西红柿, tomato. Each of them finds all."),
    )
    narrower = models.CharField(
        _("also finds"),
        max_length=300,
        blank=True,
        help_text=_("Kinds of it, with commas: searching 牛肉 finds 牛排 too, and not the other way round."),
    )
    active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: models.Manager["Synonym"] = models.Manager()

    class Meta:
        ordering = ["words"]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return f"{self.words} > {self.narrower}" if self.narrower else self.words

    def clean(self) -> None:
        if not words_in(self.words):
            raise ValidationError({"words": _("Write at least one word.")})
