"""What the shop itself says about words, and what comes of it."""

from collections.abc import Callable
from threading import Lock
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import connections, models, router
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from .words.dictionary import Group, shipped_groups, words_in
from .words.dishes import Menu, shipped_dishes
from .words.normal import merged, normalise
from .words.thesaurus import Thesaurus


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
        ordering = ["names"]
        verbose_name = _("dish")
        verbose_name_plural = _("dishes")

    def __str__(self) -> str:
        return f"{self.names} = {self.ingredients}"

    def clean(self) -> None:
        for name in ("names", "ingredients"):
            if not words_in(getattr(self, name)):
                raise ValidationError({name: _("Write at least one word.")})


class PopularSearch(models.Model):
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
        ordering = ["pk"]
        verbose_name = _("popular search")
        verbose_name_plural = _("popular searches")

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if not normalise(self.text):
            raise ValidationError({"text": _("Write at least one word.")})


class Redirect(models.Model):
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
        ordering = ["text"]
        verbose_name = _("redirect of a search")
        verbose_name_plural = _("redirects of searches")

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        if not normalise(self.text):
            raise ValidationError({"text": _("Write at least one word.")})


class Miss(models.Model):
    """A search that found nothing, or something else than was written, and how often that was."""

    text = models.CharField(_("search"), max_length=64, unique=True)
    became = models.CharField(
        _("searched instead"), max_length=64, blank=True, help_text=_("Empty where nothing was found.")
    )
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"), auto_now_add=True)
    last_at = models.DateTimeField(_("last"))
    judged = models.BooleanField(_("judged"), default=False)

    objects: models.Manager["Miss"] = models.Manager()

    class Meta:
        ordering = ["-times", "-last_at"]
        verbose_name = _("search that failed")
        verbose_name_plural = _("searches that failed")
        indexes = [models.Index(fields=["judged", "-times"], name="search_misses")]

    def __str__(self) -> str:
        return self.text


_lock = Lock()
_loaded: dict[type[models.Model], tuple[object, Any]] = {}


class Vocabulary:
    """What the shop itself says about words, as it stands when this is made: one statement asks whether any of its rows have changed."""

    def __init__(self) -> None:
        self._stamps = _stamps(Synonym, Dish, Redirect)

    def thesaurus(self) -> Thesaurus:
        def load() -> Thesaurus:
            own = [Group(words_in(row.words), words_in(row.narrower)) for row in Synonym.objects.filter(active=True)]
            return Thesaurus(shipped_groups(), own)

        found: Thesaurus = self._as_it_stands(Synonym, load, *conf.SEARCH_SYNONYMS)
        return found

    def menu(self) -> Menu:
        def load() -> Menu:
            own = [(words_in(row.names), words_in(row.ingredients)) for row in Dish.objects.filter(active=True)]
            return Menu(shipped_dishes(), own)

        found: Menu = self._as_it_stands(Dish, load)
        return found

    def redirect_of(self, text: str) -> str | None:
        """The page that a search leads to, if the shop named one."""

        def load() -> dict[str, str]:
            return {merged(row.text): row.url for row in Redirect.objects.filter(active=True)}

        found: dict[str, str] = self._as_it_stands(Redirect, load)
        return found.get(merged(text))

    def _as_it_stands(self, model: type[models.Model], load: Callable[[], Any], *files: str) -> Any:
        """What `load` made of the rows, made anew when they changed."""
        stamp = (self._stamps[model], files)
        loaded = _loaded.get(model)
        if loaded is None or loaded[0] != stamp:
            made = load()
            with _lock:
                _loaded[model] = loaded = (stamp, made)
        return loaded[1]


def _stamps(*tables: type[models.Model]) -> dict[type[models.Model], object]:
    """Another value after every change of a table's rows; plain SQL, since building it costs more than asking it, at each search."""
    connection = connections[router.db_for_read(tables[0])]
    quote = connection.ops.quote_name
    each = (
        f"SELECT {n}, MAX({quote('updated_at')}), COUNT(*) FROM {quote(table._meta.db_table)}"  # noqa: S608  # the names are the model's own
        for n, table in enumerate(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(each))
        return {tables[n]: stamp for n, *stamp in cursor.fetchall()}
