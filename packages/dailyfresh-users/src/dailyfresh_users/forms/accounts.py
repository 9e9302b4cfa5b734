"""Registration, signing in, and asking for mails."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..conf import conf
from ..durations import in_words
from ..selectors import name_is_taken

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


def _password(label: Any, autocomplete: str, **kwargs: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, **kwargs)


class RegistrationForm(Styled):
    """A new account: name, e-mail, password twice, agreement."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("The activation mail goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password1 = _password(_("Password"), "new-password")
    password2 = _password(_("Password again"), "new-password")
    agree = forms.BooleanField(label=_("Agreement"), error_messages={"required": _("Please agree to the terms.")})

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
            known = {
                model.USERNAME_FIELD: data.get("username", ""),
                model.get_email_field_name(): data.get("email", ""),
            }
            try:
                password_validation.validate_password(first, model(**known))
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return data


class LoginForm(Styled):
    """What the visitor typed; whether it fits is found out by the view."""

    username = forms.CharField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Keep me signed in"), required=False)


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


def wait_message(seconds: int) -> str:
    """What a throttled visitor is told."""
    return gettext("Too many attempts. Please try again in %s.") % in_words(seconds)
