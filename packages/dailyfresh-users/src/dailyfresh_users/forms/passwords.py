"""Django's password forms in the shop's look."""

from typing import Any

from django.contrib.auth import forms as auth_forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
"""What MinimumLengthValidator says. Django's Chinese catalogue has it with another placeholder, so ours carries it."""


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
