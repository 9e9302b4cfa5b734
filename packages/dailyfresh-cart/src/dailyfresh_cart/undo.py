"""Removed lines, sealed for the way to the browser and back."""

from collections.abc import Mapping

from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .stores.base import Line, Owner
from .stores.document import lines_of, packed

SALT = "dailyfresh_cart.undo"
AGE = 3600
"""Seconds in which a removal can be undone."""


def sealed(lines: Mapping[str, Line], owner: Owner) -> str:
    """The lines as a signed text, good for this owner alone: a price cannot be made up on the way."""
    return signing.dumps(packed(dict(lines)), salt=f"{SALT}.{owner.key}", compress=True)


def unsealed(text: str, owner: Owner) -> dict[str, Line]:
    """The lines again; ValidationError with the code `invalid_undo` when the text is old, changed or another's."""
    try:
        return lines_of({"lines": signing.loads(text, salt=f"{SALT}.{owner.key}", max_age=AGE)})
    except signing.BadSignature as error:
        raise ValidationError(_("This can no longer be undone."), code="invalid_undo") from error
