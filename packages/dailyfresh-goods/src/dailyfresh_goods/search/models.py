"""What the shop itself says about words, and the thesaurus that comes of it."""

from threading import Lock

from django.core.exceptions import ValidationError
from django.db import connections, models, router
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from .words.dictionary import Group, shipped_groups, words_in
from .words.normal import normalise
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


_lock = Lock()
_loaded: tuple[object, Thesaurus] | None = None


def thesaurus() -> Thesaurus:
    """The thesaurus as it stands: one statement asks whether the shop's rows have changed."""
    global _loaded
    stamp = (_stamp(), tuple(conf.SEARCH_SYNONYMS))
    loaded = _loaded
    if loaded is None or loaded[0] != stamp:
        own = [Group(words_in(row.words), words_in(row.narrower)) for row in Synonym.objects.filter(active=True)]
        with _lock:
            _loaded = loaded = (stamp, Thesaurus(shipped_groups(), own))
    return loaded[1]


def _stamp() -> object:
    """Another value after every change of the rows; plain SQL, since building it costs more than asking it, at each search."""
    connection = connections[router.db_for_read(Synonym)]
    table, updated = map(connection.ops.quote_name, (Synonym._meta.db_table, "updated_at"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX({updated}), COUNT(*) FROM {table}")  # noqa: S608  # the names are the model's own
        return cursor.fetchone()
