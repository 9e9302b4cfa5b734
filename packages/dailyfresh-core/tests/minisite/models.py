from django.db import models


class Letter(models.Model):
    """A row of an outbox."""

    due_at = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)

    class Meta:
        app_label = "minisite"

    def __str__(self) -> str:
        return f"letter {self.pk}"
