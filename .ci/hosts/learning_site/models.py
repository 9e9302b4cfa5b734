from django.conf import settings
from django.db import models


class Course(models.Model):
    slug = models.SlugField(unique=True, max_length=64)
    title = models.CharField(max_length=100)
    fee = models.DecimalField(max_digits=8, decimal_places=0)
    pupils = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="courses")

    def __str__(self):
        return self.title
