from django.db import models


class Sale(models.Model):
    """The order of a site that never heard of the suite's."""

    name = models.CharField(max_length=40)
    district_code = models.CharField(max_length=6)
    state = models.CharField(max_length=10, default="open")

    def __str__(self) -> str:
        return f"sale-{self.pk}"
