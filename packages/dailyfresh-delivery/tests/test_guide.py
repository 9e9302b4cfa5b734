"""The README's lines are a checkout."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from minisite.models import Sale
from minisite.shop import Address

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


class WindowTaken(Exception):
    pass


def test_the_readmes_checkout_sells_the_last_place_once(zone, slot):
    shop = {"Sale": Sale, "transaction": transaction, "WindowTaken": WindowTaken}
    exec(next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "def sell" in block), shop)
    zone(base=5)
    slot(capacity=1, fee=2)
    now = timezone.now()
    ((window, fee),) = shop["windows_for"](Address("110108"), 500, Decimal("20.00"), now)
    assert fee == Decimal("7.00")
    sale = shop["sell"]("Molly", window.id, 500, now)
    with pytest.raises(WindowTaken):
        shop["sell"]("Leopold", window.id, 500, now)
    shop["delivery"].give_back(str(sale))
    assert shop["sell"]("Leopold", window.id, 500, now)
