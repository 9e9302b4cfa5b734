"""One row for each named file: which file of FastDFS it is, and what is known of it."""

import mimetypes
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.constants import OnConflict
from django.utils import timezone

LONGEST_NAME = 255


if TYPE_CHECKING:
    _CharField = models.CharField[Any, Any]
else:
    _CharField = models.CharField


class ExactCharField(_CharField):
    """Text that MySQL and MariaDB compare letter by letter too, as other databases do anyway."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """The column, with a collation of bytes where the default one knows no case, and takes "a" and "a " for one."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            mariadb = getattr(connection, "mysql_is_mariadb", False)
            parameters["collation"] = "utf8mb4_nopad_bin" if mariadb else "utf8mb4_0900_bin"
        return parameters


class StoredFile(models.Model):
    """A named file; or, without a name, a file of FastDFS that is to be deleted after `delete_after`."""

    name: ExactCharField = ExactCharField(max_length=LONGEST_NAME, unique=True, null=True)
    folder: ExactCharField = ExactCharField(max_length=LONGEST_NAME, db_index=True)
    file_id: ExactCharField = ExactCharField(max_length=100, db_index=True)
    size: "models.PositiveBigIntegerField[Any, int]" = models.PositiveBigIntegerField()
    sha256: "models.CharField[Any, str]" = models.CharField(max_length=64, db_index=True)
    content_type: "models.CharField[Any, str]" = models.CharField(max_length=255)
    created: "models.DateTimeField[Any, datetime]" = models.DateTimeField()
    modified: "models.DateTimeField[Any, datetime]" = models.DateTimeField()
    delete_after: "models.DateTimeField[Any, datetime | None]" = models.DateTimeField(null=True, db_index=True)

    class Meta:
        # Its package lies in that of another app, which would have it while this one is not installed.
        app_label = "fdfs_named"
        verbose_name = "stored file"
        verbose_name_plural = "stored files"

    def __str__(self) -> str:
        return str(self.name or self.file_id)

    @classmethod
    def of(cls, name: str, file_id: str, size: int, sha256: str) -> "StoredFile":
        """A row for a file that is saved now, yet without its name."""
        now = timezone.now()
        kind = mimetypes.guess_type(name)[0] or ""
        return cls(file_id=file_id, size=size, sha256=sha256, content_type=kind, created=now, modified=now)

    def insert(self, using: str) -> bool:
        """Insert this row; False when its name is taken, which no open transaction minds.

        Written out: to build and compile an INSERT takes the ORM several times as long as to execute it.
        """
        connection = connections[using]
        values = [field.get_db_prep_save(getattr(self, field.attname), connection) for field in _columns()]
        with transaction.mark_for_rollback_on_error(using), connection.cursor() as cursor:
            cursor.execute(_insertion(using), values)
            return int(cursor.rowcount) == 1

    def replace(self, using: str, old: "StoredFile", *, delete_after: datetime) -> None:
        """Take the row of an old file with its name, and order by another row that its file is deleted.

        In place: two that free one name and insert it again lock each other out (InnoDB).
        """
        self.pk, self.created = old.pk, old.created
        old.pk, old.name, old.delete_after = None, None, delete_after
        old.insert(using)
        self.save(using=using, force_update=True)


@cache
def _columns() -> "list[models.Field[Any, Any]]":
    return [field for field in StoredFile._meta.concrete_fields if not field.primary_key]


@cache
def _insertion(using: str) -> str:
    ops = connections[using].ops
    fields, ignore = _columns(), OnConflict.IGNORE
    names = ", ".join(ops.quote_name(str(field.column)) for field in fields)
    start = f"{ops.insert_statement(on_conflict=ignore)} {ops.quote_name(StoredFile._meta.db_table)} ({names})"
    return f"{start} VALUES ({', '.join(['%s'] * len(fields))}) {ops.on_conflict_suffix_sql(fields, ignore, [], [])}"
