from django.db import models


class Picture(models.Model):
    """A row that refers to one file of the site's storage."""

    title = models.CharField(max_length=50, blank=True)
    file = models.FileField(upload_to="pictures/%Y", blank=True)
