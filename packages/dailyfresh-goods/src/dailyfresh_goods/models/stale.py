"""What waits to be built anew."""

from django.db import models


class StalePage(models.Model):
    """A page to be built anew; written in the transaction of the change, deleted by the drain.

    Rows are only ever inserted, one a change: an upsert on a unique key would make every order of
    the same goods wait for the one before, and a drain could delete a mark it has not seen.
    """

    key = models.CharField(max_length=190)
    marked_at = models.DateTimeField(auto_now_add=True)
    failed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.key


class StaleDocument(models.Model):
    """A SKU to be indexed anew; written and deleted as a `StalePage` is."""

    sku_id = models.BigIntegerField()
    marked_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.sku_id)
