from django.db import models


class Picture(models.Model):
    """A row that refers to one file of the site's storage."""

    title = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="pictures/%Y", blank=True)


class Article(models.Model):
    """A row that mentions files in the middle of text, and keeps a name as it was."""

    text = models.TextField(blank=True)
    cover_name = models.CharField(max_length=200, null=True)
    extra = models.JSONField(default=dict)
