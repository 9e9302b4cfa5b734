from django.conf import settings
from django.db import models
from wagtail.models import Page


class BookPage(Page):
    price = models.DecimalField(max_digits=8, decimal_places=2)
    copies = models.PositiveIntegerField(default=0)


class Place(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    receiver = models.CharField(max_length=60)
    street = models.CharField(max_length=200)

    def __str__(self):
        return self.receiver
