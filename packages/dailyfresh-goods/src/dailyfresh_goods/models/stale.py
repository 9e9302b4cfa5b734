"""Changes of the catalogue, also those that pass `save()` by, made audible; and the rows of what waits to be built anew."""

from collections.abc import Iterable
from typing import Any

from dailyfresh_core.db.rows import lock_in_order
from django.db import models, router, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..signals import rows_changed

STEP = 2000  # keys in one statement


class TrackedQuerySet(models.QuerySet[Any]):
    """A queryset whose bulk methods announce which rows they change, before and after.

    `delete()` needs nothing: Django sends a signal for every row. Columns named in the model's
    `QUIET` may change silently: stock moves with every order and is announced by its own service.
    """

    def _announce(self, pks: list[int], columns: Iterable[str], *, before: bool) -> None:
        if pks:
            rows_changed.send(sender=self.model, pks=pks, columns=frozenset(columns), before=before)

    def _known(self, objs: Iterable[Any]) -> list[int]:
        """Keys of the rows that have the slugs of the objects."""
        rows = self.model._default_manager.filter(slug__in=[obj.slug for obj in objs])
        return list(rows.values_list("pk", flat=True))

    def update(self, **values: Any) -> int:
        if values.keys() <= getattr(self.model, "QUIET", frozenset()):
            return super().update(**values)
        with transaction.atomic(using=self.db):
            pks = list(self.order_by().values_list("pk", flat=True))
            self._announce(pks, values, before=True)
            lock_in_order(self.model._default_manager.using(self.db).filter(pk__in=pks))
            # Of the rows that fit by now, only those that were announced.
            announced = (self.filter(pk__in=pks[at : at + STEP]) for at in range(0, len(pks), STEP))
            count = sum(super(TrackedQuerySet, rows).update(**values) for rows in announced)
            self._announce(pks, values, before=False)
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        columns = kwargs.get("update_fields") or ()
        with transaction.atomic(using=self.db):
            if kwargs.get("update_conflicts") and hasattr(self.model, "slug"):
                self._announce(self._known(objs), columns, before=True)
            made = super().bulk_create(objs, *args, **kwargs)
            pks = [obj.pk for obj in made if obj.pk is not None]
            if len(pks) < len(made) and hasattr(self.model, "slug"):  # this database does not give the new keys back
                pks = self._known(made)
            self._announce(pks, columns, before=False)
        return made


TrackedManager = models.Manager.from_queryset(TrackedQuerySet)


class Tracked(models.Model):
    """A row whose changes mark pages as stale, in the transaction of the change."""

    QUIET: frozenset[str] = frozenset()

    objects = TrackedManager()
    # The rows without signals, for code that announces by itself what it changes.
    untracked = models.Manager()  # noqa: DJ012 - taken for a field

    class Meta:
        abstract = True
        base_manager_name = "objects"  # related managers change rows through it, as `spu.skus.add()` does

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the receivers' marks and the row are committed together, in autocommit mode too."""
        with transaction.atomic(using=kwargs.get("using") or router.db_for_write(type(self), instance=self)):
            super().save(*args, **kwargs)


class Mark(models.Model):
    """A row that says what is to be made anew; written in the transaction of the change, deleted by the drain.

    Rows are only ever inserted, one a change: an upsert on a unique key would make every order of
    the same goods wait for the one before, and a drain could delete a mark it has not seen.
    """

    host = models.CharField(_("host"), max_length=190, blank=True)
    """Whose drain it is for; "" until it was handed out, and where no host has a name."""
    marked_at = models.DateTimeField(_("marked"), default=timezone.now)

    class Meta:
        abstract = True
        indexes = (models.Index(fields=["host"]),)


class StalePage(Mark):
    """A page to be built anew."""

    key = models.CharField(_("page"), max_length=190)
    failed_at = models.DateTimeField(_("failed"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta(Mark.Meta):
        verbose_name = _("page to be made")
        verbose_name_plural = _("pages to be made")

    def __str__(self) -> str:
        return self.key


class StaleDocument(Mark):
    """A SKU to be indexed anew."""

    EVERYTHING = 0
    """For a SKU: the whole index."""

    sku_id = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.sku_id)


class Follower(models.Model):
    """A host that has a name and files of its own, pages or an index; every mark is handed to each of them."""

    host = models.CharField(max_length=190)
    marks = models.CharField(max_length=40)
    """The model of the marks that it works off, "stalepage" or "staledocument"."""
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["host", "marks"], name="dailyfresh_goods_one_follower"),)

    def __str__(self) -> str:
        return f"{self.host}: {self.marks}"

    @classmethod
    def of(cls, model: type[Mark]) -> "models.QuerySet[Follower]":
        """The hosts that work off marks of that model."""
        return cls.objects.filter(marks=model.__name__.lower())
