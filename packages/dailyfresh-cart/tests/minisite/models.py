from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    copies = models.IntegerField(default=0, null=True)
    in_print = models.BooleanField(default=True)
    download = models.BooleanField(default=False)
    most = models.IntegerField(null=True)

    def __str__(self) -> str:
        return self.title
