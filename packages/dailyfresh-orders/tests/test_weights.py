"""What is sold by weight in an order: priced, placed, taken from stock, shown, written on papers and given back."""

import re
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from dailyfresh_core.joins import WrongShape
from dailyfresh_core.pricing.measures import BY_THE_PIECE, Grams, Measured, written
from dailyfresh_orders.checkout.quotes import BUY
from dailyfresh_orders.days import today
from dailyfresh_orders.forms.payments import RefundRequestForm
from dailyfresh_orders.line_amounts import given_for, kept, returned
from dailyfresh_orders.models import Order
from dailyfresh_orders.reports.sales import skus_sold
from dailyfresh_orders.selectors import still_sold
from dailyfresh_orders.services import (
    receive,
    refund_lines,
    refundable_of,
    settle_baskets,
    ship,
    sweep_refunds,
    withdraw,
)
from dailyfresh_orders.services.books.auditing import disagreements
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from minisite.shop.joins import Basket
from minisite.shop.measured import CATCH, LOOSE
from minisite.shop.models import Product
from test_checkout import buy_now, confirm, place, words

STRATEGIES = ["conditional.ConditionalStock", "optimistic.OptimisticStock", "pessimistic.PessimisticStock"]


# -- the arithmetic, by the numbers of the cases, in fen --


def line(quantity, fen, measure, price, *, off=0, fee=0, given=None, settled=None):
    return SimpleNamespace(
        quantity=quantity,
        amount=Decimal(fen) / 100,
        unit_price=Decimal(price) / 100,
        discount=-Decimal(off) / 100,
        fees=Decimal(fee) / 100,
        given=given,
        settled=settled,
        sold_by=measure.sold_by,
        priced_by=measure.priced_by,
        price_grams=measure.price_grams,
        nominal_grams=measure.nominal_grams,
    )


BY_KILO = replace(LOOSE, price_grams=1000)


@pytest.mark.parametrize(
    ("case", "agreed", "given", "grams", "stays", "back"),
    [
        ("C56", line(2, 7980, BY_THE_PIECE, 3990, off=755), 1, None, 3612, 3613),
        ("C57", line(750, 1920, LOOSE, 1280), 702, None, 1797, 123),
        ("C58", line(750, 1920, LOOSE, 1280), 790, None, 1920, 0),
        ("C59", line(750, 1920, LOOSE, 1280, off=200), 702, None, 1609, 111),
        ("C60", line(3, 1727, CATCH, 1599), 3, 512, 1637, 90),
        ("C61", line(3, 1727, CATCH, 1599), 2, 395, 1151, 576),
        ("C62: light", line(500, 1000, LOOSE, 1000), 450, None, 900, 100),
        ("C62: heavy", line(500, 1000, LOOSE, 1000), 550, None, 1000, 0),
        ("C67", line(1000, 2990, BY_KILO, 2990, off=299, fee=200), 940, None, 2729, 162),
    ],
)
def test_what_is_lighter_goes_back_and_what_is_heavier_costs_no_more(case, agreed, given, grams, stays, back):
    paid = agreed.amount + agreed.discount + agreed.fees
    agreed.given, agreed.settled = given, given_for(agreed, given, grams=grams)
    assert int(kept(agreed, given) * 100) == stays
    assert int((paid - kept(agreed, given)) * 100) == back


def test_c60_pieces_by_weight_are_returned_piece_by_piece():
    agreed = line(3, 1727, CATCH, 1599, given=3)
    agreed.settled = given_for(agreed, 3, grams=512)
    assert [returned(agreed, 3, 1), returned(agreed, 2, 2)] == [Decimal("5.46"), Decimal("10.91")]


# -- the door and the quote --


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("300g", ""),
        ("1.5 kg", ""),
        ("2", "“Lychee” is sold by weight now. Please choose how much."),
        ("250g", "“Lychee” is sold from 300\xa0g on, in steps of 50\xa0g."),
        ("320g", "“Lychee” is sold from 300\xa0g on, in steps of 50\xa0g."),
        ("11kg", "“Lychee”: only 10\xa0kg left."),
    ],
)
def test_the_door_of_buying_now_takes_grams_in_steps(shop, lychee, pair, said):
    page = buy_now(shop, f"{lychee.pk}:{pair}")
    assert page.context["quote"].problems == ((said,) if said else ())
    assert page.context["orderable"] is not bool(said)


@pytest.mark.parametrize("pair", ["0g", "1000kg", "750 lb", "12345"])
def test_what_nobody_can_order_is_refused_at_once(shop, lychee, pair):
    assert buy_now(shop, f"{lychee.pk}:{pair}").status_code == 400


def test_what_there_is_is_offered_in_steps(shop, lychee):
    Product.objects.filter(pk=lychee.pk).update(pieces=730)
    page = buy_now(shop, f"{lychee.pk}:1kg")
    assert f"buy={lychee.pk}%3A700g" in page.context["possible_url"]


def test_the_page_says_prices_estimates_and_that_they_are_a_ceiling(shop, lychee, mango, apple):
    text = words(buy_now(shop, f"{lychee.pk}:750g", f"{mango.pk}:3", f"{apple.pk}:2"))
    for part in (
        "¥12.80/500 g",
        "about 750 g",
        "¥19.20",
        "× 3",
        "about 540 g",
        "¥17.27",
        "never more than shown",
    ):
        assert part in text
    assert "6 pieces" in text
    assert "data-weighed" not in words(buy_now(shop, f"{apple.pk}:2"))


def test_what_was_chosen_in_a_basket_keeps_its_steps_and_leaves_it_when_ordered(
    shop, buyer, lychee, monkeypatch, django_capture_on_commit_callbacks
):
    held = {str(lychee.pk): Grams(120)}
    monkeypatch.setattr(Basket, "lines", lambda self, user, sku_ids=None: dict(held))
    settled = []
    monkeypatch.setattr(Basket, "settle", lambda self, user, ordered, reference: settled.append(ordered))
    page = confirm(shop, lychee)
    assert page.context["orderable"]
    with django_capture_on_commit_callbacks(execute=True):
        assert place(shop, page).status_code == 302
    assert [{sku_id: written(n) for sku_id, n in each.items()} for each in settled] == [{str(lychee.pk): "120g"}]
    Order.objects.update(basket_due=True)
    settle_baskets()
    assert [written(n) for n in settled[1].values()] == ["120g"]


def test_a_measure_that_cannot_be_is_named(shop, lychee, measures):
    measures[str(lychee.pk)] = Measured("weight", "piece")
    with pytest.raises(WrongShape, match="What is sold by weight is priced by weight"):
        buy_now(shop, f"{lychee.pk}:300g")


# -- placing --


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_grams_leave_the_stock_by_every_strategy_in_as_many_statements(
    shop, lychee, mango, apple, settings, strategy, django_capture_on_commit_callbacks
):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {
        "STOCK": settings.DAILYFRESH_ORDERS["STOCK"] | {"BACKEND": f"dailyfresh_orders.stock.{strategy}"}
    }
    took = []
    for pairs in ([f"{apple.pk}:2"], [f"{apple.pk}:2", f"{lychee.pk}:750g", f"{mango.pk}:3"]):
        page = buy_now(shop, *pairs)
        with CaptureQueriesContext(connection) as statements:
            assert place(shop, page).status_code == 302
        took.append(len(statements))
    assert took[0] == took[1]
    assert dict(Product.objects.values_list("title", "pieces")) == {"Apple": 6, "Lychee": 9250, "Mango": 17}
    order = Order.objects.first()
    assert (order.goods_total, disagreements(order)) == (Decimal("47.47"), [])
    kept_lines = {each.name: (each.quantity, each.amount, Measured.of(as_measure(each))) for each in order.lines.all()}
    assert kept_lines == {
        "Apple": (2, Decimal("11.00"), BY_THE_PIECE),
        "Lychee": (750, Decimal("19.20"), replace(LOOSE, minimum=1, step=1)),
        "Mango": (3, Decimal("17.27"), CATCH),
    }


def as_measure(line):
    return SimpleNamespace(
        **{name: getattr(line, name) for name in ("sold_by", "priced_by", "price_grams", "nominal_grams")},
        minimum=1,
        step=1,
    )


def test_more_grams_than_there_are_are_refused_by_name(shop, lychee):
    page = buy_now(shop, f"{lychee.pk}:1kg")
    Product.objects.filter(pk=lychee.pk).update(pieces=730)
    answer = place(shop, page, headers={"X-Requested-With": "XMLHttpRequest"}).json()
    assert "“Lychee”: only 730\xa0g left." in answer["message"]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (replace(LOOSE, price_grams=1000), "“Lychee” now costs ¥12.80/kg."),
        (BY_THE_PIECE, "“Lychee” is sold by the piece now. Please choose how many."),
    ],
)
def test_r31_a_measure_that_changed_since_the_page_is_asked_about_and_never_misread(shop, lychee, measures, now, said):
    page = buy_now(shop, f"{lychee.pk}:750g")
    measures[str(lychee.pk)] = now
    answer = place(shop, page)
    assert answer.status_code == 409
    assert said in words(answer)
    assert not Order.objects.exists()


def test_r30_an_order_keeps_the_price_and_the_measure_it_was_placed_by(make_order, lychee, measures):
    order = make_order({lychee: Grams(750)}, source=BUY)
    Product.objects.update(yuan=99)
    measures[str(lychee.pk)] = BY_THE_PIECE
    (only,) = order.lines.all()
    assert (str(only), only.amount, disagreements(order)) == ("Lychee 750\xa0g", Decimal("19.20"), [])
    assert {sku_id: written(n) for sku_id, n in still_sold(order).items()} == {str(lychee.pk): "1"}


def test_how_much_one_buyer_may_take_counts_so_often_the_least(shop, lychee, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PIECES": (2, 24)}
    assert place(shop, buy_now(shop, f"{lychee.pk}:600g")).status_code == 302
    assert "“Lychee”: at most 600 g within 24 hours." in words(place(shop, buy_now(shop, f"{lychee.pk}:300g")))


def test_what_was_had_by_another_measure_is_not_added_to_what_is_wanted(make_order, lychee, measures, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"PIECES": (200, 24), "HELD_SHARE": 0.2}
    make_order({lychee: Grams(1900)}, source=BUY, payment_method="voucher")
    measures[str(lychee.pk)] = BY_THE_PIECE
    make_order({lychee: 150}, source=BUY, payment_method="voucher")


def test_grams_of_a_cancelled_order_do_not_become_pieces(make_order, lychee, measures, caplog):
    order, kept = (make_order({lychee: Grams(750)}, source=BUY) for _n in range(2))
    withdraw(kept.pk, by="staff")
    measures[str(lychee.pk)] = BY_THE_PIECE
    withdraw(order.pk, by="staff")
    lychee.refresh_from_db()
    assert lychee.pieces == 9_250
    assert f"order {order} was sold by another measure" in caplog.text
    assert all(line.restocked == line.quantity for line in order.lines.all())


# -- afterwards --


def test_the_buyer_and_the_papers_read_weights(shop, staff, make_order, lychee, mango):
    order = make_order({lychee: Grams(1500), mango: 2}, source=BUY)
    text = words(shop.get(order.get_absolute_url()))
    for part in ("¥12.80/500 g", "about 1.5 kg", "about 360 g", "never more than shown"):
        assert part in text
    assert "3 pieces" in words(shop.get(reverse("dailyfresh_orders:list")))
    at = reverse("admin:dailyfresh_orders_order_changelist")
    for action, parts in {
        "print_picking_list": ("1.5 kg", "about 360 g", f"{order.number} × 2"),
        "print_delivery_notes": ("1.5 kg", "¥12.80/500 g"),
        "export_csv": ("Lychee 500g 1.5 kg; Mango 500g × 2",),
    }.items():
        answer = staff.post(at, {"action": action, "_selected_action": [order.pk]}, follow=True)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        page = re.sub(r"\s+", " ", body.decode())
        for part in parts:
            assert part in page, (action, part)


def test_what_was_weighed_counts_as_one_among_the_pieces_sold(make_order, lychee, apple):
    make_order({lychee: Grams(1500), apple: 2}, source=BUY)
    Order.objects.update(sold_at=timezone.now())
    assert sorted(top.quantity for top in skus_sold(today(), today()).values()) == [1, 2]


@pytest.mark.parametrize(("grams", "fits"), [("50", True), ("55", False), ("750", True), ("760", False)])
def test_a_buyer_asks_grams_back_in_tens_or_all_of_it(make_order, lychee, grams, fits):
    order = make_order({lychee: Grams(750)}, source=BUY)
    Order.objects.update(state=Order.State.RECEIVED)
    order.refresh_from_db()
    (only,) = order.lines.all()
    form = RefundRequestForm(
        {"key": "a" * 12, "why": "quality", f"line_{only.pk}": grams}, order=order, left={only.pk: 750}
    )
    assert form.is_valid() is fits
    if fits:
        assert form.pieces() == {only.pk: int(grams)}


def test_grams_come_back_for_what_they_cost_and_into_the_stock(shop, make_order, lychee):
    order = make_order({lychee: Grams(750)}, source=BUY)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    receive(order.pk, by="buyer")
    order.refresh_from_db()
    assert "of 750 g" in words(shop.get(reverse("dailyfresh_orders:refund_request", args=[order.number])))
    (only,) = order.lines.all()
    first = refund_lines(order=order, lines={only.pk: 50}, by=None, key="a" * 12, reason="soft", goods="restock")
    second = refund_lines(order=order, lines={only.pk: 700}, by=None, key="b" * 12, reason="soft", goods="restock")
    assert (first.amount, second.amount) == (Decimal("1.28"), Decimal("17.92"))
    assert str(first.lines.get()) == "Lychee 50\xa0g"
    assert not any(refundable_of(order).pieces.values())
    sweep_refunds()
    first.payment.refunds.update(sent_at=None)  # the gateway wants some seconds between two of one payment
    sweep_refunds()
    lychee.refresh_from_db()
    assert lychee.pieces == 10_000
