"""What a buyer sends on the way to an order."""

from collections.abc import Iterable, Mapping
from typing import Any

from dailyfresh_core.pricing.measures import MOST_GRAMS, MOST_PIECES, Grams, alike, like, read
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ..checkout.quotes import BASKET, BUY
from ..conf import conf
from ..gateways import configured
from ..models import Order
from ..selectors import invoice_titles_of

WISH = "wish_"


class ChosenForm(forms.Form):
    """What to order: `sku_id=…` (from the basket) or `buy=<sku_id>:<n>` (directly; `n` pieces, or 750g), each once or several times."""

    def __init__(self, query: QueryDict) -> None:
        super().__init__({})
        self.query = query

    def clean(self) -> dict[str, Any]:
        direct, chosen = self.query.getlist("buy"), self.query.getlist("sku_id")
        if len(direct) + len(chosen) > conf.MAX_LINES:
            raise ValidationError(_("These are too many different goods for one order."))
        if direct:
            return {"source": BUY, "wanted": _direct(direct), "sku_ids": []}
        return {"source": BASKET, "wanted": {}, "sku_ids": list(dict.fromkeys(map(_known, chosen)))}


def _direct(pairs: Iterable[str]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for pair in pairs:
        sku_id, _colon, text = pair.rpartition(":")
        sku_id, quantity = _known(sku_id), read(text) or 0
        quantity = like(wanted.get(sku_id, 0) + quantity, quantity)
        if not 1 <= quantity <= (MOST_GRAMS if isinstance(quantity, Grams) else MOST_PIECES) or not alike(
            quantity, wanted.get(sku_id, quantity)
        ):
            raise ValidationError(_("This quantity cannot be ordered."))
        wanted[sku_id] = quantity
    return wanted


def _known(sku_id: str) -> str:
    """A sku_id that a column can hold: printable ASCII, at most 64 characters."""
    if not (1 <= len(sku_id) <= 64 and sku_id.isascii() and sku_id.isprintable()):
        raise ValidationError(_("There are no such goods."))
    return sku_id


class PlaceForm(forms.Form):
    """The confirm page as it is submitted; prices are not in it, they are the server's."""

    token = forms.CharField(max_length=20_000)
    address = forms.CharField(max_length=64, required=False)
    payment_method = forms.ChoiceField(
        choices=lambda: [(gateway.code, gateway.label) for gateway in configured()],
        error_messages={
            "required": _("Please choose how to pay."),
            "invalid_choice": _("This way to pay is not available."),
        },
    )
    coupon = forms.CharField(max_length=64, required=False)
    window = forms.CharField(max_length=64, required=False)
    invoice: forms.ModelChoiceField = forms.ModelChoiceField(  # type: ignore[type-arg]
        None,
        required=False,
        error_messages={"invalid_choice": _("This invoice title is gone. Please choose another one.")},
    )
    note = forms.CharField(max_length=100, required=False)
    wish = forms.ChoiceField(choices=Order.Wish.choices, required=False)
    """What becomes of what is short; of single goods `wish_<sku_id>` says otherwise."""

    def __init__(self, data: QueryDict, *, user: Any) -> None:
        super().__init__(data)
        self.fields["invoice"].queryset = invoice_titles_of(user)  # type: ignore[attr-defined]

    @property
    def wishes(self) -> dict[str, str]:
        """sku_id -> what becomes of it where it is short, as far as that is said and can be."""
        return wishes_in(self.data)


def wishes_in(data: Mapping[str, str]) -> dict[str, str]:
    """sku_id -> a value of `Order.Wish`, of each `wish_<sku_id>` that has one."""
    return {
        name.removeprefix(WISH): value
        for name, value in data.items()
        if name.startswith(WISH) and value in Order.Wish.values
    }
