from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    copies = models.IntegerField(default=0)
    in_print = models.BooleanField(default=True)
    most = models.IntegerField(null=True)

    def __str__(self) -> str:
        return self.title
