from django.db import models


class Letter(models.Model):
    """A row of an outbox."""

    due_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        app_label = "minisite"

    def __str__(self) -> str:
        return f"letter {self.pk}"
