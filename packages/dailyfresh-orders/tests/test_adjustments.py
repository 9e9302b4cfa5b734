"""What an order is made of: lines, what was added or taken off, and the one sum that its buyer pays."""

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import dailyfresh_orders
import pytest
from dailyfresh_orders.days import today
from dailyfresh_orders.models import Order
from dailyfresh_orders.reports.sales import figures
from dailyfresh_orders.services import disagreements, receive, ship
from dailyfresh_orders.tasks import audit_yesterday
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[3]
TAUGHT = re.compile(r"""\border\.total\b|unit_price["'\])]*\s*\*|\*\s*[\w.("']*unit_price""")
"""What must be read as `payable`, and multiplied by `dailyfresh_core.pricing.amounts` alone."""


def test_freight_is_an_adjustment_of_its_order(make_order, apple):
    order = make_order({apple: 2})
    (freight,) = order.adjustments.all()
    assert (freight.kind, freight.source, freight.line) == ("freight", "orders:freight", None)
    assert (freight.amount, order.total, order.payable) == (Decimal("10.00"), Decimal("21.00"), Decimal("21.00"))


def test_free_freight_adds_nothing(make_order, pear):
    assert not make_order({pear: 10}).adjustments.exists()


def test_an_order_adds_up_and_one_that_does_not_is_named_in_the_night(make_order, apple, pear, caplog):
    right, wrong = make_order({apple: 3, pear: 1}), make_order({apple: 1})
    Order.objects.update(placed_at=timezone.now() - timedelta(days=1))
    assert disagreements(right) == []
    audit_yesterday()
    assert caplog.records == []
    wrong.lines.update(amount="5.00")
    wrong.adjustments.update(amount="9.00")
    audit_yesterday()
    (record,) = caplog.records
    assert wrong.number in record.getMessage()
    for words in ("goods_total is 5.50, and comes to 5.00", "freight is 10.00", "amount is 5.00, and comes to 5.50"):
        assert words in record.getMessage()


def test_what_is_taken_off_is_on_the_pages_and_in_the_figures(make_order, taken_off, shop, admin_client, apple):
    order = taken_off(make_order({apple: 2}), {apple: "1.00"})
    assert disagreements(order) == []
    assert order.payable == Decimal("20.00")
    page = shop.get(order.get_absolute_url()).content.decode()
    assert "-¥1.00" in page
    assert re.search(r"<b>20</b>|>20<", page)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="staff")
    day = today()
    found = figures(day, day)
    assert (found.turnover, found.top[0].amount) == (Decimal("20.00"), Decimal("10.00"))
    change = admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])).content.decode()
    assert "满10减1" in change


@pytest.mark.parametrize(
    "wrong", [{"discount": "0.01"}, {"discount": "-11.01"}, {"settled": "11.01"}], ids=["dearer", "below 0", "raised"]
)
def test_the_database_holds_no_line_that_costs_less_than_nothing_or_more_than_agreed(make_order, apple, wrong):
    order = make_order({apple: 2})
    with pytest.raises(IntegrityError), transaction.atomic():
        order.lines.update(**wrong)


def test_nobody_reads_a_total_or_multiplies_a_price_but_those_who_may():
    """A place left behind would collect or pay back a wrong sum, and nobody would be told."""
    package = Path(dailyfresh_orders.__file__).parent
    folders = {package, *ROOT.glob("packages/*/src"), ROOT / "example_project"}
    files = {file for folder in folders for file in folder.rglob("*") if is_source(file)}
    assert len(files) > (500 if (ROOT / "example_project").exists() else 100)  # alone, as it is published
    may = ("dailyfresh_orders/models/order.py", "services/books/auditing.py", "services/rescheduling.py")
    left_behind = [
        f"{file}:{number}"
        for file in files
        if not file.as_posix().endswith(may)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if TAUGHT.search(line)
    ]
    assert left_behind == []


def is_source(file):
    return file.suffix in (".py", ".html") and not {"migrations", "var", "node_modules"} & set(file.parts)
