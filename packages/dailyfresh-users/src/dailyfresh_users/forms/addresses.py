"""An address as it is typed."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from .. import areas
from ..models import Address
from .accounts import Styled


class _Line(forms.CharField):
    """One line of text: full-width digits become plain ones, any run of white space one space."""

    def to_python(self, value: Any) -> str:
        return " ".join(unicodedata.normalize("NFKC", super().to_python(value) or "").split())


class _Phone(_Line):
    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s-]|^\+?86(?=1\d{10}$)", "", super().to_python(value).replace(" ", "").replace("-", ""))


class AddressForm(Styled):
    """Receiver, mobile number, province > city > district, street, postcode.

    The choices of the lower two selects follow from what was chosen above them, so that the form
    is complete without JavaScript: the button `refresh` only brings the next select.
    """

    receiver = _Line(
        label=_("Receiver"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "shipping name"})
    )
    phone = _Phone(
        label=_("Mobile number"),
        validators=[RegexValidator(r"\A1[3-9][0-9]{9}\Z", _("Enter the 11 digits of a mobile number."))],
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "numeric", "autocomplete": "shipping tel-national"}),
    )
    province = forms.ChoiceField(label=_("Province"), widget=forms.Select(attrs={"data-area": "province"}))
    city = forms.ChoiceField(label=_("City"), widget=forms.Select(attrs={"data-area": "city"}))
    district_code = forms.ChoiceField(label=_("District"), widget=forms.Select(attrs={"data-area": "district"}))
    street = _Line(
        label=_("Street and house"),
        max_length=120,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "shipping street-address"}),
    )
    postcode = _Line(
        label=_("Postcode (optional)"),
        required=False,
        validators=[RegexValidator(r"\A[0-9]{6}\Z", _("A postcode has 6 digits."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": 6, "autocomplete": "shipping postal-code"}),
    )
    make_default = forms.BooleanField(label=_("Make this the default address"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: str | None = ""
        for name in ("province", "city", "district_code"):
            below = {} if parent is None else areas.children_of(parent) or {}
            field: Any = self.fields[name]
            field.choices = [("", _("Please choose")), *below.items()]
            chosen = self._chosen(name, below)
            parent = chosen if chosen in below else None

    def _chosen(self, name: str, below: Mapping[str, str]) -> str:
        """The code in this select; where there is but one, as a municipality's city, nobody has to choose it."""
        values: Any = self.data if self.is_bound else self.initial
        chosen = str(values.get(name) or "")
        if not chosen and len(below) == 1:
            chosen = next(iter(below))
            values = values.copy()  # a request's data must not be changed
            values[name] = chosen
            setattr(self, "data" if self.is_bound else "initial", values)
        return chosen

    @classmethod
    def of(cls, address: Address) -> "AddressForm":
        """The form filled with an address that is kept."""
        return cls(
            initial={
                "receiver": address.receiver,
                "phone": address.phone,
                "province": address.province_code,
                "city": address.city_code,
                "district_code": address.district_code,
                "street": address.street,
                "postcode": address.postcode,
                "make_default": address.is_default,
            }
        )
