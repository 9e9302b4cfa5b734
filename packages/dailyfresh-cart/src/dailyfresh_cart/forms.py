"""The door: what a request may say about lines, and removed lines sealed for their way to the browser and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dailyfresh_core.pricing.measures import like, read
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .conf import conf
from .stores.base import SKU_ID, Line, Owner
from .stores.document import lines_of, packed

STEP = re.compile(r"-?[0-9]{1,9}")
SALT = "dailyfresh_cart.undo"
UNDO_AGE = 3600
"""Seconds in which a removal can be undone."""


def checked_sku_ids(values: list[str]) -> list[str]:
    """The ids as they are, or ValidationError with the code `invalid_sku` or `repeated_sku`."""
    if not all(SKU_ID.fullmatch(value) for value in values):
        raise ValidationError(_("This is not the id of a product."), code="invalid_sku")
    if len(set(values)) < len(values):
        raise ValidationError(_("The same product is named twice."), code="repeated_sku")
    return values


def checked_quantity(value: str, *, least: int = 1) -> int:
    """Pieces as a whole number, or Grams as in 750g and 1.5 kg, from `least`; else ValidationError with the code `invalid_quantity`."""
    quantity = read(value)
    if quantity is None or quantity < least:
        raise ValidationError(
            _("The quantity must be a whole number from %(least)d to %(most)d."),
            code="invalid_quantity",
            params={"least": least, "most": conf.MAX_QUANTITY},
        )
    return quantity


def valid(form: forms.Form) -> dict[str, Any]:
    """What the form says, or the first ValidationError in it."""
    if form.is_valid():
        return form.cleaned_data
    raise next(iter(form.errors.as_data().values()))[0]


class SkuIds(forms.Field):
    """Every value that is posted under the name, as a list of ids."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        if not value:
            raise ValidationError(_("Which product?"), code="invalid_sku")
        return checked_sku_ids(value)


class SkuId(SkuIds):
    """Just one id."""

    def clean(self, value: Any) -> Any:
        values = super().clean(value)
        if len(values) > 1:
            raise ValidationError(_("One product at a time."), code="repeated_sku")
        return values[0]


class Quantity(forms.Field):
    """A number of pieces, or Grams; an empty one is `initial`."""

    def __init__(self, *, least: int = 1, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.least = least

    def clean(self, value: Any) -> int:
        if value in (None, "") and self.initial is not None:
            return int(self.initial)
        return checked_quantity((value or "").strip(), least=self.least)


@dataclass(frozen=True, slots=True)
class Update:
    """What the page's form asks for: quantities and marks are by sku_id."""

    verb: str
    sku_id: str
    quantities: dict[str, int]
    marks: dict[str, bool]


class AddForm(forms.Form):
    """`once` names this click, so that sending it again adds nothing."""

    sku_id: SkuId = SkuId()
    quantity: Quantity = Quantity(initial=1)
    once: forms.CharField = forms.CharField(required=False, max_length=64)


class SetForm(forms.Form):
    sku_id: SkuId = SkuId()
    quantity: Quantity = Quantity(least=0)


class RemoveForm(forms.Form):
    sku_id: SkuIds = SkuIds()


class SelectForm(forms.Form):
    """Some lines, or with `all` every line."""

    sku_id: SkuIds = SkuIds(required=False)
    all: forms.BooleanField = forms.BooleanField(required=False)
    selected: forms.TypedChoiceField = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1"
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("all"):
            self.errors.pop("sku_id", None)
            cleaned["sku_id"] = None
        return cleaned


class RestoreForm(forms.Form):
    undo: forms.CharField = forms.CharField(max_length=16384)


class UpdateForm:
    """The page's own form as one whole: every quantity, every tick, and the button that was pressed.

    Fields: `quantity-<sku_id>`, `line` (every line that could be ticked), `sku_id` (those that are), `action`:
    `update`, `checkout`, `clear`, `remove_selected`, `remove:<sku_id>`, `step:<n or -n>:<sku_id>`, `set:<n>:<sku_id>`.
    """

    def __init__(self, data: QueryDict) -> None:
        self.data = data

    def clean(self) -> Update:
        """Raises ValidationError; a line without a number stays as it is."""
        verb, _colon, rest = self.data.get("action", "update").partition(":")
        number, _colon, last = rest.partition(":")
        lines = checked_sku_ids(self.data.getlist("line"))
        ticked = checked_sku_ids(self.data.getlist("sku_id"))
        fields = {
            key.removeprefix("quantity-"): str(self.data[key]) for key in self.data if key.startswith("quantity-")
        }
        quantities = {line: checked_quantity(fields[line].strip(), least=0) for line in checked_sku_ids(list(fields))}
        if verb == "step" and last in quantities:
            by = int(number) if STEP.fullmatch(number) else 0
            quantities[last] = like(max(1, quantities[last] + by), quantities[last])
        elif verb == "set" and last in quantities:
            quantities[last] = checked_quantity(number)
        return Update(verb, rest, quantities, {line: line in ticked for line in lines})


def sealed(lines: Mapping[str, Line], owner: Owner) -> str:
    """The lines as a signed text, good for this owner alone: a price cannot be made up on the way."""
    return signing.dumps(packed(dict(lines)), salt=f"{SALT}.{owner.key}", compress=True)


def unsealed(text: str, owner: Owner) -> dict[str, Line]:
    """The lines again; ValidationError with the code `invalid_undo` when the text is old, changed or another's."""
    try:
        return lines_of({"lines": signing.loads(text, salt=f"{SALT}.{owner.key}", max_age=UNDO_AGE)})
    except signing.BadSignature as error:
        raise ValidationError(_("This can no longer be undone."), code="invalid_undo") from error
