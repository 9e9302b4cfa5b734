"""Files of goods that were uploaded: how each is read, what becomes of it, and its bytes until it is old."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class GoodsImport(models.Model):
    """A file on its way in: looked at, begun, worked off in the background, reported.

    Due while `due_at` is past: a worker claims it by moving that on, and moves it on while it works; the claim of one that died
    runs out, and the next begins again: what is written already says nothing new then.
    """

    class State(models.TextChoices):
        NEW = "new", _("not begun")
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        CANCELLED = "cancelled", _("cancelled")

    name = models.CharField(_("name"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    language = models.CharField(max_length=16)
    how: "models.JSONField[dict[str, Any]]" = models.JSONField(default=dict)
    headings: "models.JSONField[dict[str, str]]" = models.JSONField(default=dict)
    dry_run = models.BooleanField(default=True)
    skip_bad = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.NEW)
    due_at = models.DateTimeField(null=True, db_index=True)
    total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    report: "models.JSONField[dict[str, Any]]" = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.name

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)


class GoodsImportPiece(models.Model):
    """A part of the file: every host and worker reaches the database, and nobody else reaches the file there."""

    upload = models.ForeignKey(GoodsImport, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="goods_import_piece_once")]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.number}"
