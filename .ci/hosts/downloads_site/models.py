import uuid

from django.conf import settings
from django.db import models


class Download(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="downloads")

    def __str__(self):
        return self.name
