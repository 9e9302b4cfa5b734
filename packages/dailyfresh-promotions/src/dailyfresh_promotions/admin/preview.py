"""What a basket would cost at a time, for staff: the same calculation as the checkout's, and nothing is taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dailyfresh_core.loading import imported
from dailyfresh_core.pricing.amounts import NOTHING
from dailyfresh_core.pricing.measures import amount, grams_of, measure_of, typed
from dailyfresh_core.pricing.offers import ORDER, Goods, Offered, groups_of
from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..conf import NAME, conf
from ..offers import Offer, Promotions

MOST = 50
PIECES = re.compile(r"0{0,9}[1-9][0-9]{0,5}", re.ASCII)


class PreviewForm(forms.Form):
    """A basket as staff type it, the moment, and for whom."""

    basket = forms.CharField(
        label=_("basket"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=5000,
        help_text=_("One SKU and how many a line: “1001 2”."),
    )
    at = forms.SplitDateTimeField(label=_("at"), required=False, widget=AdminSplitDateTime, help_text=_("Empty: now."))
    username = forms.CharField(label=_("user"), required=False, max_length=150, help_text=_("Empty: a visitor."))
    first_order = forms.BooleanField(label=_("first order"), required=False)
    freight = forms.DecimalField(
        label=_("delivery"), min_value=0, max_digits=8, decimal_places=2, initial=0, required=False
    )

    def clean_basket(self) -> dict[str, int]:
        """sku_id -> quantity"""
        basket: dict[str, int] = {}
        for line in self.cleaned_data["basket"].splitlines()[:MOST]:
            words = line.split()
            if not words:
                continue
            number = words[-1] if len(words) > 1 else "1"
            if not PIECES.fullmatch(number):
                raise forms.ValidationError(_("“%(line)s” is no SKU and a number."), params={"line": line})
            basket[words[0]] = int(number)
        if not conf.CATALOGUE:
            raise forms.ValidationError(_("The setting CATALOGUE names none: there are no prices to look up."))
        return basket

    def clean_at(self) -> Any:
        """Offers that are over are not kept for it: a time gone by would be worked out without them."""
        at = self.cleaned_data["at"]
        if at and at < timezone.now() - timedelta(minutes=1):
            raise forms.ValidationError(_("This time is over: offers of the past are not looked at."))
        return at

    def clean_username(self) -> Any:
        """The user, or None."""
        users = get_user_model()
        if not (name := self.cleaned_data["username"]):
            return None
        user = users._default_manager.filter(**{users.USERNAME_FIELD: name}).first()
        if user is None:
            raise forms.ValidationError(_("There is nobody of this name."))
        return user


@dataclass(frozen=True)
class Row:
    """A line: what it comes to, and what is left to pay of it."""

    name: str
    quantity: int
    """Pieces, or `Grams`."""
    goods: Goods
    payable: Decimal


@dataclass(frozen=True)
class Preview:
    rows: list[Row]
    missing: list[str]
    """SKUs that the catalogue does not know."""
    offer: Offer
    total: Decimal


def preview(asked: Mapping[str, Any]) -> Preview:
    catalogue = imported(conf.CATALOGUE or "", where=f'{NAME}["CATALOGUE"]')()
    found = catalogue.find(asked["basket"])
    items = []
    for sku_id, quantity in asked["basket"].items():
        if product := found.get(sku_id):
            measure = measure_of(product)
            gross, weighs = amount(product.unit_price, quantity, measure), grams_of(quantity, measure)
            by_weight = measure.priced_by == "weight"
            items.append(Goods(sku_id, groups_of(product), product.unit_price, quantity, gross, by_weight, weighs))
    cost = asked["freight"] or NOTHING
    offer = Promotions().price(
        items,
        user=asked["username"],
        first_order=lambda: asked["first_order"],
        coupon="auto",
        freight=lambda goods: cost,
        at=asked["at"] or timezone.now(),
    )
    given = Offered(tuple(offer.shares))
    rows = []
    for item in items:
        product = found[item.sku_id]
        counted = typed(item.quantity, measure_of(product))
        rows.append(Row(product.name, counted, item, item.amount + given.sum_of("discount", item.sku_id)))
    sending = cost + given.sum_of("freight", ORDER)
    return Preview(
        rows,
        [sku_id for sku_id in asked["basket"] if sku_id not in found],
        offer,
        sum((row.payable for row in rows), sending),
    )
