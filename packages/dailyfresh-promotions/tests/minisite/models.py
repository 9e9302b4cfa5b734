from django.conf import settings
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    genre = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.title


class Sale(models.Model):
    """The order of a site that never heard of the suite's."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    state = models.CharField(max_length=10, default="open")

    def __str__(self) -> str:
        return f"sale-{self.pk}"
