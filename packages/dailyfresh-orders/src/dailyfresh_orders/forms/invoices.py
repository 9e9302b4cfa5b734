"""To whom an invoice is made out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..conf import conf
from ..models import InvoiceTitle

KIND = InvoiceTitle.Kind


class InvoiceTitleForm(forms.ModelForm):  # type: ignore[type-arg]
    """One more of an account's titles; a company has a tax number, a person has none."""

    class Meta:
        model = InvoiceTitle
        fields = ("kind", "title", "tax_number")

    tax_number = forms.CharField(required=False, max_length=30)  # with the spaces between that papers have

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data, instance=InvoiceTitle(user=user))

    def clean_tax_number(self) -> str:
        return "".join(self.cleaned_data["tax_number"].split()).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == KIND.PERSONAL:
            data["tax_number"] = ""
        elif data.get("tax_number") == "":
            self.add_error("tax_number", _("A company has a tax number."))
        if InvoiceTitle.objects.filter(user=self.instance.user).count() >= conf.INVOICE_TITLES:
            raise ValidationError(_("These are as many as one account may keep. Please remove one first."))
        return data
