"""What is let in from visitors."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """A coupon's code, as somebody types it."""

    code = forms.CharField(label=_("Coupon code"), max_length=60)
