"""What the shop itself says about words, and what its visitors did with them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..models import SKU
from .words.dictionary import words_in
from .words.normal import normalise


class Synonym(models.Model):
    """One row of the thesaurus; for the words it names it takes the place of the shipped rows."""

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
        # Said in each: imported where it is not installed, a model would be one of the app around it.
        app_label = "dailyfresh_search"
        ordering = ["words"]
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")

    def __str__(self) -> str:
        return f"{self.words} > {self.narrower}" if self.narrower else self.words

    def clean(self) -> None:
        if not words_in(self.words):
            raise ValidationError({"words": _("Write at least one word.")})


class Dish(models.Model):
    """What one buys for a dish; for the names it has it takes the place of the shipped rows."""

    names = models.CharField(
        _("names"), max_length=300, help_text=_("What the dish is called, with commas: 番茄炒蛋, 西红柿炒鸡蛋.")
    )
    ingredients = models.CharField(
        _("ingredients"),
        max_length=300,
        help_text=_("What goes into it, as searches name it, the main one first: 番茄, 鸡蛋."),
    )
    active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: models.Manager["Dish"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["names"]
        verbose_name = _("dish")
        verbose_name_plural = _("dishes")

    def __str__(self) -> str:
        return f"{self.names} = {self.ingredients}"

    def clean(self) -> None:
        for name in ("names", "ingredients"):
            if not words_in(getattr(self, name)):
                raise ValidationError({name: _("Write at least one word.")})


class AboutSearch(models.Model):
    """A row about one whole search: its `text`, in whatever spelling."""

    text: "models.CharField[Any, str]"

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if not normalise(self.text):
            raise ValidationError({"text": _("Write at least one word.")})


class PopularSearch(AboutSearch):
    """What the shop itself says about a popular search, in whatever spelling."""

    class Place(models.TextChoices):
        FIRST = "first", _("shown first")
        NEVER = "never", _("never shown")

    text = models.CharField(
        _("search"),
        max_length=64,
        unique=True,
        help_text=_(
            "The whole search: 草莓 says nothing about 红颜草莓. Width, case, script and spaces make no difference."
        ),
    )
    place = models.CharField(_("place"), max_length=5, choices=Place.choices, default=Place.FIRST)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: models.Manager["PopularSearch"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["pk"]
        verbose_name = _("popular search")
        verbose_name_plural = _("popular searches")


class Redirect(AboutSearch):
    """A search that leads to a page of the shop instead of to results."""

    text = models.CharField(
        _("search"),
        max_length=64,
        unique=True,
        help_text=_("The whole search; width, case, script and spaces make no difference."),
    )
    url = models.CharField(
        _("leads to"),
        max_length=200,
        validators=[RegexValidator(r"^/(?![/\\])[^\s\\]*$", _("An address of this site, beginning with one “/”."))],
        help_text=_("A page of this site: /list/new/"),
    )
    active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects: models.Manager["Redirect"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["text"]
        verbose_name = _("redirect of a search")
        verbose_name_plural = _("redirects of searches")


class Miss(AboutSearch):
    """A search that found nothing, or something else than was written, and how often that was."""

    text = models.CharField(_("search"), max_length=64, unique=True)
    became = models.CharField(
        _("searched instead"), max_length=64, blank=True, help_text=_("Empty where nothing was found.")
    )
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"), auto_now_add=True)
    last_at = models.DateTimeField(_("last"))
    clicks = models.PositiveIntegerField(_("clicks"), default=0, help_text=_("On goods that were shown all the same."))
    judged = models.BooleanField(_("judged"), default=False)

    objects: models.Manager["Miss"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["-times", "-last_at"]
        verbose_name = _("search that failed")
        verbose_name_plural = _("searches that failed")
        indexes = [models.Index(fields=["judged", "-times"], name="search_misses")]


class Pick(AboutSearch):
    """Goods that the shop itself puts first for a search, or never shows for it."""

    class Place(models.TextChoices):
        FIRST = "first", _("shown first")
        NEVER = "never", _("never shown")

    text = models.CharField(
        _("search"),
        max_length=64,
        help_text=_("The whole search; width, case, script and spaces make no difference."),
    )
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    place = models.CharField(_("place"), max_length=5, choices=Place.choices, default=Place.FIRST)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    sku_id: int
    objects: models.Manager["Pick"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["text", "place", "position", "pk"]
        verbose_name = _("goods picked for a search")
        verbose_name_plural = _("goods picked for searches")
        constraints = [models.UniqueConstraint(fields=["text", "sku"], name="search_pick_once")]

    def __str__(self) -> str:
        return f"{self.text}: {self.sku}"


class Click(models.Model):
    """A search and goods that were chosen from its results, and how often."""

    text = models.CharField(_("search"), max_length=64)
    sku = models.ForeignKey(SKU, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    times = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last"))

    sku_id: int
    objects: models.Manager["Click"] = models.Manager()

    class Meta:
        app_label = "dailyfresh_search"
        ordering = ["-times", "-last_at"]
        verbose_name = _("click of a search")
        verbose_name_plural = _("clicks of searches")
        constraints = [models.UniqueConstraint(fields=["text", "sku"], name="search_click_once")]
        indexes = [models.Index(fields=["-times"], name="search_clicks")]

    def __str__(self) -> str:
        return f"{self.text}: {self.sku_id}"
