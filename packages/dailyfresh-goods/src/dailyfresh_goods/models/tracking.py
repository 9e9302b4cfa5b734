"""Changes that pass `save()` by, made audible."""

from collections.abc import Iterable
from typing import Any

from django.db import models, router, transaction

from ..signals import rows_changed

STEP = 2000  # keys in one statement


class TrackedQuerySet(models.QuerySet[Any]):
    """A queryset whose bulk methods tell which rows they change, before and after.

    `delete()` needs nothing: Django sends a signal for every row. Columns named in the model's
    `QUIET` may change silently: stock moves with every order and is told by its own service.
    """

    def _tell(self, pks: list[int], columns: Iterable[str], *, before: bool) -> None:
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
            self._tell(pks, values, before=True)
            # Of the rows that fit by now, only those that were told.
            told = (self.filter(pk__in=pks[at : at + STEP]) for at in range(0, len(pks), STEP))
            count = sum(super(TrackedQuerySet, rows).update(**values) for rows in told)
            self._tell(pks, values, before=False)
        return count

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        objs = list(objs)
        columns = kwargs.get("update_fields") or ()
        with transaction.atomic(using=self.db):
            if kwargs.get("update_conflicts") and hasattr(self.model, "slug"):
                self._tell(self._known(objs), columns, before=True)
            made = super().bulk_create(objs, *args, **kwargs)
            pks = [obj.pk for obj in made if obj.pk is not None]
            if len(pks) < len(made) and hasattr(self.model, "slug"):  # this database does not give the new keys back
                pks = self._known(made)
            self._tell(pks, columns, before=False)
        return made


TrackedManager = models.Manager.from_queryset(TrackedQuerySet)


class Tracked(models.Model):
    """A row whose changes mark pages as stale, in the transaction of the change."""

    QUIET: frozenset[str] = frozenset()

    objects = TrackedManager()
    # The rows without our ears, for code that tells by itself what it changes.
    untold = models.Manager()  # noqa: DJ012 - taken for a field

    class Meta:
        abstract = True
        base_manager_name = "objects"  # related managers change rows through it, as `spu.skus.add()` does

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; the receivers' marks and the row are committed together, in autocommit mode too."""
        with transaction.atomic(using=kwargs.get("using") or router.db_for_write(type(self), instance=self)):
            super().save(*args, **kwargs)
