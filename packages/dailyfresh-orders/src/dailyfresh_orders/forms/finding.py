"""By what an order is found without its account."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class FindForm(forms.Form):
    """The number of an order and the mobile number of its receiver."""

    number = forms.CharField(label=_("Order number"), max_length=32, widget=forms.TextInput({"autocomplete": "off"}))
    phone = forms.CharField(label=_("Mobile number"), max_length=30, widget=forms.TextInput({"autocomplete": "tel"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"class": "df-input", "inputmode": "numeric"}

    def clean_phone(self) -> str:
        """Its digits, without the country."""
        digits = re.sub(r"[^0-9]", "", self.cleaned_data["phone"])
        return digits.removeprefix("86") if len(digits) == 13 else digits
