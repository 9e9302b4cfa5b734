"""The numbers of a rule or a batch as fields of a form, for each kind: nobody writes JSON."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..kinds import AMOUNT, PIECES, Kind

STEPS = 5
HUNDRED = Decimal(100)


class Pair(forms.MultiWidget):
    """Two numbers side by side."""

    def __init__(self, first: Any, second: Any) -> None:
        boxes = [
            forms.NumberInput(
                attrs={"placeholder": words, "aria-label": words, "step": "any", "min": 0, "class": "vIntegerField"}
            )
            for words in (first, second)
        ]
        super().__init__(boxes)

    def decompress(self, value: Any) -> list[Any]:
        return list(value) if value else [None, None]


class StepField(forms.MultiValueField):
    """From so much on, so much; both or neither."""

    def __init__(self, number: int, gives: Any) -> None:
        fields = [forms.DecimalField(min_value=0, max_digits=9), forms.DecimalField(min_value=0, max_digits=9)]
        widget = Pair(pgettext_lazy("how much is bought", "from"), gives)
        label = _("Step %(number)d") % {"number": number} if number > 1 else _("First step")
        messages = {"incomplete": _("Fill in both numbers, or neither.")}
        super().__init__(
            fields, widget=widget, label=label, require_all_fields=False, required=number == 1, error_messages=messages
        )

    def compress(self, values: list[Any]) -> Any:
        return values or None


def by_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("counted"), choices=[(AMOUNT, _("by money")), (PIECES, _("by pieces"))], initial=AMOUNT
    )


def money_field(label: Any, *, required: bool = True, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=9, decimal_places=2, required=required, **kwargs)


def percent_field(label: Any, **kwargs: Any) -> forms.DecimalField:
    words = _("Per cent that are paid: 88 takes 12 off a hundred.")
    return forms.DecimalField(
        label=label, min_value=0, max_value=Decimal("99.99"), decimal_places=2, help_text=words, **kwargs
    )


def whole_field(label: Any, least: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=99)


CAP = _("most that is taken off")


class Numbers:
    """Fields, what fills them, and the numbers that are kept of them."""

    def fields(self) -> dict[str, forms.Field]:
        raise NotImplementedError

    def initial(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return dict(params)

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {name: kept(cleaned.get(name)) for name in self.fields()}


def kept(value: Any) -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value


class Tiers(Numbers):
    """Steps that give so much off, or a rate."""

    def __init__(self, *, rates: bool) -> None:
        self.rates = rates

    def fields(self) -> dict[str, forms.Field]:
        gives = _("paid %") if self.rates else _("off")
        steps: dict[str, forms.Field] = {f"step_{n}": StepField(n, gives) for n in range(1, STEPS + 1)}
        return {"by": by_field(), **steps} | ({"cap": money_field(CAP, required=False)} if self.rates else {})

    def initial(self, params: Mapping[str, Any]) -> dict[str, Any]:
        filled = {"by": params.get("by", AMOUNT), "cap": params.get("cap")}
        for n, (reach, given) in enumerate(params.get("tiers", ())[:STEPS], 1):
            filled[f"step_{n}"] = [reach, given / HUNDRED if self.rates else given]
        return filled

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        by = cleaned.get("by", AMOUNT)
        steps = [step for n in range(1, STEPS + 1) if (step := cleaned.get(f"step_{n}"))]
        tiers = [[self._reach(reach, by), int(given * 100) if self.rates else kept(given)] for reach, given in steps]
        return {"by": by, "tiers": tiers} | ({"cap": kept(cleaned.get("cap"))} if self.rates else {})

    def _reach(self, reach: Decimal, by: str) -> Any:
        return int(reach) if by == PIECES and reach == int(reach) else kept(reach)


class EachNumbers(Numbers):
    def fields(self) -> dict[str, forms.Field]:
        reach = forms.DecimalField(label=_("for every"), min_value=0, max_digits=9, decimal_places=2)
        return {"by": by_field(), "reach": reach, "off": money_field(_("off")), "cap": money_field(CAP, required=False)}

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        found = super().params(cleaned)
        if found["by"] == PIECES and (reach := cleaned.get("reach")) is not None and reach == int(reach):
            found["reach"] = int(reach)
        return found


class CheapestNumbers(Numbers):
    def fields(self) -> dict[str, forms.Field]:
        return {
            "every": whole_field(_("of every so many pieces"), 2),
            "few": whole_field(_("the cheapest so many"), 1),
            "rate": percent_field(_("pay")),
        }

    def initial(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**params, "rate": params["rate"] / HUNDRED} if "rate" in params else {"rate": 0}

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        rate = cleaned.get("rate")
        return super().params(cleaned) | {"rate": None if rate is None else int(rate * 100)}


class BundleNumbers(Numbers):
    def fields(self) -> dict[str, forms.Field]:
        return {"every": whole_field(_("any so many pieces"), 2), "price": money_field(_("together for"))}


class PriceNumbers(Numbers):
    def fields(self) -> dict[str, forms.Field]:
        words = _("One SKU and its price a line: “1001 12.90”.")
        return {
            "prices": forms.CharField(
                label=_("prices"), widget=forms.Textarea(attrs={"rows": 6}), required=False, help_text=words
            ),
            "rate": percent_field(_("or for all goods"), required=False),
        }

    def initial(self, params: Mapping[str, Any]) -> dict[str, Any]:
        rate = params.get("rate")
        lines = "\n".join(f"{sku_id} {price}" for sku_id, price in params.get("prices", {}).items())
        return {"prices": lines, "rate": None if rate is None else rate / HUNDRED}

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        rows = [line.split() for line in cleaned.get("prices", "").splitlines() if line.strip()]
        prices = {" ".join(row[:-1]) or row[0]: row[-1] for row in rows}
        rate = cleaned.get("rate")
        return {"prices": prices, "rate": None if rate is None else int(rate * 100)}


class FlashNumbers(Numbers):
    """Its prices are rows below the form."""

    def fields(self) -> dict[str, forms.Field]:
        return {}

    def params(self, cleaned: Mapping[str, Any]) -> dict[str, Any]:
        return {}


class FreightNumbers(Numbers):
    def fields(self) -> dict[str, forms.Field]:
        return {
            "reach": money_field(_("from")),
            "cap": money_field(_("most that is taken off; empty: free"), required=False),
        }

    def initial(self, params: Mapping[str, Any]) -> dict[str, Any]:
        return {"reach": "0", **params}


NUMBERS: dict[str, Numbers] = {
    Kind.OFF: Tiers(rates=False),
    Kind.EACH: EachNumbers(),
    Kind.PERCENT: Tiers(rates=True),
    Kind.CHEAPEST: CheapestNumbers(),
    Kind.BUNDLE: BundleNumbers(),
    Kind.PRICE: PriceNumbers(),
    Kind.FLASH: FlashNumbers(),
    Kind.FREIGHT: FreightNumbers(),
}
