"""The README's lines are a checkout."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from minisite.models import Book, Sale

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


class OffersChanged(Exception):
    pass


def test_the_readmes_checkout_sells_at_what_it_showed_and_refuses_what_is_gone(book, rule, coupon, buyer):
    shop = {"Sale": Sale, "POSTAGE": Decimal("6.00"), "transaction": transaction, "OffersChanged": OffersChanged}
    exec(next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "def sell" in block), shop)
    rule()
    coupon(buyer)
    basket = {Book.objects.get(pk=book("60.00")): 2}
    now = timezone.now()
    offer = shop["offer_for"](buyer, basket, now)
    sale = shop["sell"](buyer, basket, offer, now)
    assert sale.total == Decimal("120.00") + 6 - 10 - 20
    with pytest.raises(OffersChanged):
        shop["sell"](buyer, basket, offer, now)
    shop["promotions"].give_back(str(sale), why="unpaid")
    assert len(shop["offer_for"](buyer, basket, now).shares) == 2
