"""What visitors type: accounts, passwords, addresses."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import forms as auth_forms
from django.contrib.auth import get_user_model, password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from . import areas
from .conf import conf
from .models import Address
from .selectors import name_is_taken

TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
"""What MinimumLengthValidator says. Django's Chinese catalogue has it with another placeholder, so ours carries it."""
NAME_TAKEN = _("This user name is taken.")


def check_username(username: str) -> str:
    """The name as it would be kept, or the ValidationError that says why it cannot be registered."""
    shortest, longest = conf.USERNAME_LENGTH
    name: str = get_user_model().normalize_username(username.strip())
    if not shortest <= len(name) <= longest:
        raise forms.ValidationError(
            _("User names have %(shortest)d to %(longest)d characters."),
            code="length",
            params={"shortest": shortest, "longest": longest},
        )
    # No @: a name that looks like somebody's e-mail address would stand in their way at the login.
    RegexValidator(r"\A[\w.+-]+\Z", _("Use letters, digits and the characters . + - _ only."))(name)
    field: Any = get_user_model()._meta.get_field(get_user_model().USERNAME_FIELD)
    field.run_validators(name)
    if name_is_taken(name):
        raise forms.ValidationError(NAME_TAKEN, code="taken")
    return name


class Styled(forms.Form):
    """Gives every widget the suite's class."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "df-input")


def _password(label: Any, autocomplete: str, max_length: int = 128) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=max_length, widget=widget)


def _name(label: Any, max_length: int) -> forms.CharField:
    attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=max_length, widget=forms.TextInput(attrs=attrs))


class RegistrationForm(Styled):
    """A new account: name, e-mail, password twice, agreement."""

    username = _name(_("User name"), 150)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The activation mail goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1 = _password(_("Password"), "new-password")
    password2 = _password(_("Password again"), "new-password")
    agree = forms.BooleanField(label=_("Agreement"), error_messages={"required": _("Please agree to the terms.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shortest, longest = conf.USERNAME_LENGTH
        hint = _("%(shortest)d to %(longest)d letters, digits or the characters . + - _")
        self.fields["username"].help_text = hint % {"shortest": shortest, "longest": longest}

    def clean_username(self) -> str:
        return check_username(self.cleaned_data["username"])

    def clean_email(self) -> str:
        email: str = get_user_model()._default_manager.normalize_email(self.cleaned_data["email"])
        return email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))
        if first:
            model: Any = get_user_model()
            names = {
                model.USERNAME_FIELD: data.get("username", ""),
                model.get_email_field_name(): data.get("email", ""),
            }
            try:
                password_validation.validate_password(first, model(**names))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data


class LoginForm(Styled):
    """What the visitor typed; whether it fits is found out by the view."""

    username = _name(_("User name or e-mail"), 254)
    password = _password(_("Password"), "current-password", 4096)
    remember = forms.BooleanField(label=_("Keep me signed in"), required=False)


class GuestForm(Styled):
    """Where a guest's messages go."""

    email = forms.EmailField(
        label=_("E-mail (optional): we write what becomes of your order"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class EmailForm(Styled):
    """The address that a mail is wanted at."""

    email = forms.EmailField(
        label=_("The e-mail you registered with"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "placeholder": "name@example.com"}),
    )


class PasswordForm(Styled):
    """The account's own password, before something that cannot be taken back."""

    password = _password(_("Your password"), "current-password")


class _StyledPassword:
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for field in fields.values():
            field.widget.attrs["class"] = "df-input"
            # Django's list of rules is long: the page shows each when it is broken.
            field.help_text = ""
            field.max_length = 128
        fields["new_password2"].label = _("New password again")


class NewPasswordForm(_StyledPassword, auth_forms.SetPasswordForm):  # type: ignore[type-arg]
    """A new password for somebody who came by a reset link."""


class PasswordChangeForm(_StyledPassword, auth_forms.PasswordChangeForm):
    """The old password and a new one."""


BLANK = "\u115f\u1160\u2800"
"""Letters that leave no ink: fillers of Hangul and of braille."""


class _Line(forms.CharField):
    """One line of text that a printer shows as it was typed.

    Full-width digits become plain ones, any run of white space one space. Characters without ink go: nobody receives a parcel
    for a zero-width space, and marks of direction would print the rest of a label backwards.
    """

    def to_python(self, value: Any) -> str:
        text = " ".join(unicodedata.normalize("NFKC", super().to_python(value) or "").split())
        return "".join(sign for sign in text if unicodedata.category(sign) != "Cf" and sign not in BLANK).strip()


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
        validators=[
            RegexValidator(
                r"\A1[3-9][0-9]{9}\Z", _("Enter a mobile number of mainland China: 11 digits, beginning with 13 to 19.")
            )
        ],
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
        plain = {name: getattr(address, name) for name in ("receiver", "phone", "district_code", "street", "postcode")}
        areas = {"province": address.province_code, "city": address.city_code}
        return cls(initial={**plain, **areas, "make_default": address.is_default})
