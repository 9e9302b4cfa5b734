"""The numbers of a rule or a batch as fields of a form, for each kind: nobody writes JSON. What may stand in them, `stored_rules` says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..stored_rules import AMOUNT, PIECES, Kind

STEPS = 5
HUNDRED = Decimal(100)


class Number(forms.DecimalField):
    """Money, or a number of pieces, kept as text."""

    def __init__(self, label: Any = "", **more: Any) -> None:
        super().__init__(**{"label": label, "min_value": 0, "max_digits": 9, "decimal_places": 2} | more)

    def clean(self, value: Any) -> Any:
        return None if (cleaned := super().clean(value)) is None else f"{cleaned:f}"


class Rate(Number):
    """Basis points of what is paid, typed in per cent."""

    def __init__(self, label: Any = "", **more: Any) -> None:
        super().__init__(label, max_value=Decimal("99.99"), **more)
        self.help_text = _("Per cent that are paid: 88 takes 12 off a hundred.")

    def prepare_value(self, value: Any) -> Any:
        return value / HUNDRED if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        return None if (cleaned := super().clean(value)) is None else int(Decimal(cleaned) * 100)


class Prices(forms.CharField):
    """SKU -> price, typed a line each."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{sku_id} {price}" for sku_id, price in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> Any:
        rows = [line.split() for line in super().clean(value).splitlines() if line.strip()]
        return {" ".join(row[:-1]) or row[0]: row[-1] for row in rows}


class Pair(forms.MultiWidget):
    """Two numbers side by side."""

    def __init__(self, *words: Any) -> None:
        common = {"step": "any", "min": 0, "class": "vIntegerField"}
        super().__init__([forms.NumberInput({"placeholder": word, "aria-label": word, **common}) for word in words])

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, None]


class Step(forms.MultiValueField):
    """From so much on, so much; both or neither."""

    def __init__(self, number: int, gives: Any, field: type[Number]) -> None:
        super().__init__(
            [Number(), field()],
            widget=Pair(pgettext_lazy("how much is bought", "from"), gives),
            label=_("Step %(number)d") % {"number": number} if number > 1 else _("First step"),
            require_all_fields=False,
            required=number == 1,
            error_messages={"incomplete": _("Fill in both numbers, or neither.")},
        )

    def prepare_value(self, value: Any) -> Any:
        return [field.prepare_value(each) for field, each in zip(self.fields, value, strict=True)] if value else value

    def compress(self, values: list[Any]) -> Any:
        return values or None


def fields_of(kind: str) -> dict[str, forms.Field]:
    """A field for each number of a kind; the prices of a flash sale are rows below the form."""
    by = forms.ChoiceField(
        label=_("counted"), choices=[(AMOUNT, _("by money")), (PIECES, _("by pieces"))], initial=AMOUNT
    )
    cap = Number(_("most that is taken off"), required=False)
    match kind:
        case Kind.OFF:
            return {"by": by, **_steps(_("off"), Number)}
        case Kind.PERCENT:
            return {"by": by, **_steps(_("paid %"), Rate), "cap": cap}
        case Kind.EACH:
            return {"by": by, "reach": Number(_("for every")), "off": Number(_("off")), "cap": cap}
        case Kind.CHEAPEST:
            few = _whole(_("the cheapest so many"), 1)
            return {"every": _whole(_("of every so many pieces"), 2), "few": few, "rate": Rate(_("pay"), initial=0)}
        case Kind.BUNDLE:
            return {"every": _whole(_("any so many pieces"), 2), "price": Number(_("together for"))}
        case Kind.PRICE:
            words = _("One SKU and its price a line: “1001 12.90”.")
            rate = Rate(_("or for all goods"), required=False)
            return {"prices": Prices(label=_("prices"), required=False, help_text=words), "rate": rate}
        case Kind.FREIGHT:
            cap = Number(_("most that is taken off; empty: free"), required=False)
            return {"reach": Number(_("from"), initial=0), "cap": cap}
    return {}


def initial_of(kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of a kind hold of its kept numbers."""
    steps = params.get("tiers", ()) if kind in (Kind.OFF, Kind.PERCENT) else ()
    return {**params, **{f"step_{n}": step for n, step in enumerate(steps[:STEPS], 1)}}


def params_of(kind: str, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers that are kept of filled fields."""
    fields = fields_of(kind)
    params = {name: cleaned.get(name) for name in fields if not name.startswith("step_")}
    steps = [cleaned.get(name) for name in fields if name.startswith("step_")]
    return params | ({"tiers": list(filter(None, steps))} if steps else {})


def _steps(gives: Any, field: type[Number]) -> dict[str, forms.Field]:
    return {f"step_{n}": Step(n, gives, field) for n in range(1, STEPS + 1)}


def _whole(label: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=99)
