from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    copies = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.title
