"""An order that comes at another time: by its buyer while that may be, by staff until it leaves, and never for more money."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from dailyfresh_core.days import said
from dailyfresh_orders.exceptions import NotMovable
from dailyfresh_orders.gateways.base import Observation, TradeState
from dailyfresh_orders.models import Message, Order, Refund
from dailyfresh_orders.services import (
    cancel_order,
    disagreements,
    moves_of,
    reschedule,
    settle,
    ship,
    start_payment,
    sweep_refunds,
    words_of,
)
from dailyfresh_orders.signals import order_asked
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from minisite.shop.delivery import Delivery
from minisite.shop.models import Tour
from test_delivery import _joined as _joined  # autouse
from test_delivery import now as now
from test_delivery import statements
from test_delivery import tour as tour

FEES = {}


@pytest.fixture(autouse=True)
def fees(monkeypatch):
    """Id of a window -> what it costs, ¥5 where nothing is said."""
    monkeypatch.setattr(Delivery, "fee", lambda self, window, *, goods: Decimal(FEES.get(window.id, 5)))
    FEES.clear()
    return FEES


def taken(*tours):
    return [Tour.objects.get(pk=each.pk).taken for each in tours]


def move(order, there, **more):
    less = reschedule(order_id=order.pk, window=str(there.pk), by=order.user, **more)
    order.refresh_from_db()
    return less


def paid(order):
    """Pays with the voucher."""
    start_payment(order=order, code="voucher", return_url="https://x", notify_url="https://x")
    payment = order.payments.get()
    there = Observation(
        out_trade_no=payment.out_trade_no,
        trade_no="T1",
        state=TradeState.PAID,
        source="notify",
        amount=payment.amount,
        currency=payment.currency,
    )
    settle(there, code="voucher")
    order.refresh_from_db()
    return order


def test_the_place_moves_with_the_order_and_both_keep_their_counts(place, apple, tour):
    first, other = tour(), tour(29)
    order = place({apple: 1})
    assert move(order, other) == 0
    assert taken(first, other) == [0, 1]
    assert (order.window, order.window_starts, order.window_closes) == (str(other.pk), other.starts, other.closes)
    assert (order.freight, order.total) == (Decimal(5), Decimal("10.50"))
    assert move(order, other) == 0
    assert taken(first, other) == [0, 1]
    assert order.log.count() == 1
    cancel_order(order.pk, by=order.user)
    assert taken(first, other) == [0, 0]


def test_an_order_that_somebody_has_in_hand_stays_where_it_is(place, apple, tour):
    first, other = tour(), tour(29)
    order = place({apple: 1})

    def packing(step, **kwargs):
        return "Somebody packs it." if step == "move" else None

    order_asked.connect(packing)
    try:
        with pytest.raises(NotMovable, match="Somebody packs it"):
            move(order, other)
    finally:
        order_asked.disconnect(packing)
    assert taken(first, other) == [1, 0]


def test_a_cheaper_time_gives_the_difference_back_once_and_a_dearer_one_is_not_offered(place, apple, tour, fees):
    first, cheap, dear = tour(), tour(8), tour(29)
    fees |= {str(cheap.pk): 2, str(dear.pk): 6}
    order = paid(place({apple: 1}, payment_method="voucher"))
    moves = moves_of(order, at=timezone.now())
    assert moves.back == {str(cheap.pk): 3}
    with pytest.raises(NotMovable, match="costs more"):
        move(order, dear)
    assert taken(first, cheap, dear) == [1, 0, 0]
    assert move(order, cheap) == 3
    assert (order.freight, order.total, order.payable) == (Decimal(2), Decimal("7.50"), Decimal("7.50"))
    assert "¥10.50" in words_of(Message.objects.get(event="paid"))[1]  # so much was received
    assert "¥7.50" in words_of(Message.objects.get(event="rescheduled"))[1]
    assert disagreements(order) == []
    refund = Refund.objects.get()
    assert (refund.kind, refund.amount, refund.state) == ("settlement", Decimal(3), "ready")
    with pytest.raises(NotMovable, match="costs more"):
        move(order, first)
    assert move(order, cheap) == 0
    sweep_refunds()
    assert Refund.objects.get().state == "done"
    assert order.payments.get().state == "part_refunded"


def test_an_order_goes_out_while_its_difference_is_still_on_the_way(place, apple, tour, fees):
    tour()
    fees |= {str((cheap := tour(8)).pk): 2}
    order = paid(place({apple: 1}, payment_method="voucher"))
    move(order, cheap)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")


def test_the_courier_collects_what_the_cheaper_time_costs(place, apple, tour, fees):
    tour()
    fees |= {str((cheap := tour(8)).pk): 2}
    order = place({apple: 1})
    assert move(order, cheap) == 3
    assert order.payable == Decimal("7.50")
    assert disagreements(order) == []
    assert not Refund.objects.exists()


def test_an_unpaid_order_costs_less_too_but_not_while_somebody_may_be_paying(place, apple, tour, fees):
    first, same, cheap = tour(), tour(8), tour(29)
    fees |= {str(cheap.pk): 2}
    order = place({apple: 1}, payment_method="voucher")
    start_payment(order=order, code="voucher", return_url="https://x", notify_url="https://x")
    with pytest.raises(NotMovable, match="Please pay first"):
        move(order, cheap)
    assert move(order, same) == 0
    waiting = place({apple: 1}, payment_method="voucher")
    assert move(waiting, cheap) == 3
    assert waiting.total == Decimal("7.50")
    assert taken(first, same, cheap) == [0, 1, 1]


def test_a_buyer_moves_no_more_unpaid_orders_into_a_window_than_may_be_there_and_staff_do(place, apple, tour, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"OPEN_IN_WINDOW": 1}
    first, other, third = tour(), tour(8), tour(11)
    order, _there, due = (place({apple: 1}, window=str(each.pk)) for each in (first, other, third))
    with pytest.raises(NotMovable, match="1 order of yours comes at this time"):
        move(order, other)
    move(order, other, by_staff=True)
    Order.objects.filter(pk=due.pk).update(paid_at=timezone.now())
    move(due, other)
    assert taken(first, other, third) == [0, 3, 0]


def test_who_moves_an_unpaid_order_into_an_earlier_window_has_less_time_to_pay(place, apple, tour, now):
    early, late = tour(3, closes=now + timedelta(minutes=12)), tour(29)
    order = place({apple: 1}, payment_method="voucher", window=str(late.pk))
    was = order.expires_at
    move(order, early)
    assert order.expires_at == order.due_at == early.closes < was
    move(order, late)
    assert order.expires_at == early.closes


def test_the_buyer_may_choose_until_orders_for_the_window_close_and_staff_until_it_leaves(place, apple, tour):
    tour()
    there = tour(29)
    order = place({apple: 1})
    Order.objects.filter(pk=order.pk).update(window_closes=timezone.now())
    with pytest.raises(NotMovable, match="no longer be changed"):
        move(order, there)
    move(order, there, by_staff=True)
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    with pytest.raises(NotMovable, match="no longer be changed"):
        move(order, tour(30), by_staff=True)


@pytest.mark.parametrize("change", [{"places": 0}, {"closes": timezone.now()}])
def test_an_order_stays_where_it_is_when_the_other_window_is_full_or_closed(place, apple, tour, change):
    """Race 41: the place, the money and the message move together or not at all."""
    first, other = tour(), tour(29)
    order = place({apple: 1})
    Tour.objects.filter(pk=other.pk).update(**change)
    with pytest.raises(NotMovable, match="Please choose another time"):
        move(order, other)
    order.refresh_from_db()
    assert (taken(first, other), order.window) == ([1, 0], str(first.pk))


def test_the_last_place_that_goes_between_looking_and_moving_leaves_everything_as_it_was(
    place, apple, tour, fees, monkeypatch
):
    first, cheap = tour(), tour(8)
    fees |= {str(cheap.pk): 2}
    order = paid(place({apple: 1}, payment_method="voucher"))
    monkeypatch.setattr(Delivery, "move", lambda self, reference, window, *, at: False)
    with pytest.raises(NotMovable, match="This time is taken"):
        move(order, cheap)
    order.refresh_from_db()
    assert (order.total, order.window, Refund.objects.count(), order.log.filter(why__contains="→").count()) == (
        Decimal("10.50"),
        str(first.pk),
        0,
        0,
    )


def test_a_delivery_that_is_away_moves_nothing_and_says_so(place, apple, tour, monkeypatch, caplog):
    tour()
    other = tour(8)
    order = place({apple: 1})
    monkeypatch.setattr(Delivery, "move", lambda self, *args, **more: 1 / 0)
    with pytest.raises(NotMovable, match="cannot be had at the moment"):
        move(order, other)
    assert "ZeroDivisionError" in caplog.text


def test_moving_takes_as_many_statements_however_many_windows_there_are(place, apple, tour):
    for hours in range(5, 60):
        last = tour(hours)
    few, many = place({apple: 1}), place({apple: 1})
    counts = [statements(lambda order=order: move(order, last)) for order in (few, many)]
    assert counts[0] == counts[1] <= 14


# -- pages --


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


def test_the_buyer_chooses_another_time_on_a_page_without_javascript_and_is_told(shop, place, apple, tour, fees):
    tour()
    cheap, full = tour(8), tour(29, places=0)
    fees |= {str(cheap.pk): 2}
    order = place({apple: 1})
    url = reverse("dailyfresh_orders:another_time", args=[order.number])
    assert url in words(shop.get(order.get_absolute_url()))
    page = words(shop.get(url))
    assert f"It is to come {order.when}." in page
    assert "¥3.00 less" in page
    assert "It is full." in page
    assert page.count('name="window"') == 2
    assert f'value="{full.pk}" disabled' in page
    was = order.when
    answer = shop.post(url, {"window": str(cheap.pk)}, follow=True)
    order.refresh_from_db()
    assert f"It comes {order.when}. It costs ¥3.00 less." in words(answer)
    assert f"{was} → {order.when}" in words(answer)
    subject, text = words_of(Message.objects.get(event=Message.Event.RESCHEDULED))
    assert subject == f"Order {order.number} comes at another time"
    assert f"It comes {order.when}. Before it was {was}." in text
    assert "All in all it comes to ¥7.50." in text


def test_who_chose_no_time_is_told_so(shop, place, apple, tour):
    tour()
    tour(29)
    answer = shop.post(f"{place({apple: 1}).get_absolute_url()}time/")
    assert answer.status_code == 400
    assert "Please choose one of the times." in words(answer)


def test_the_page_after_placing_and_the_steps_of_the_order_say_when_it_comes_and_where_it_is_fetched(
    shop, place, apple, tour
):
    tour()
    order = place({apple: 1})
    steps = words(shop.get(order.get_absolute_url())).partition("Progress of the order")[2].partition("</ol>")[0]
    assert order.when in steps.partition("Received")[2]
    page = f"{order.get_absolute_url()}pay/"
    assert order.when in words(shop.get(page))
    Order.objects.filter(pk=order.pk).update(place="Corner shop, 1 Main Street")
    there = words(shop.get(page))
    assert "Corner shop, 1 Main Street" in there
    assert order.street not in there


def test_a_script_is_answered_in_the_envelope(shop, place, apple, tour):
    tour()
    other = tour(8)
    order = place({apple: 1})
    url = reverse("dailyfresh_orders:another_time", args=[order.number])
    answer = shop.post(url, {"window": str(other.pk)}, headers={"accept": "application/json"})
    order.refresh_from_db()
    assert answer.json()["data"]["when"] == order.when
    refused = shop.post(url, {"window": "nonsense"}, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


def test_somebody_elses_order_is_not_found_and_one_that_left_has_no_link(client, stranger, shop, place, apple, tour):
    tour()
    order = place({apple: 1})
    url = reverse("dailyfresh_orders:another_time", args=[order.number])
    ship(order.pk, carrier="SF", tracking_number="1", by="staff")
    assert url not in words(shop.get(order.get_absolute_url()))
    assert shop.get(url).status_code == 302
    client.force_login(stranger)
    assert client.get(url).status_code == client.post(url, {"window": "1"}).status_code == 404


def test_an_order_without_a_window_has_nothing_to_choose(shop, place, apple, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"DELIVERY": None}
    order = place({apple: 1})
    assert "Another time" not in words(shop.get(order.get_absolute_url()))


def test_staff_move_an_order_in_the_admin_and_its_log_says_who(admin_client, admin_user, place, apple, tour):
    tour()
    other = tour(29)
    order = place({apple: 1})
    Order.objects.filter(pk=order.pk).update(window_closes=timezone.now())
    url = reverse("admin:dailyfresh_orders_time", args=[order.pk])
    assert url in words(admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])))
    assert f'<option value="{other.pk}">{said(other.starts, other.ends)}' in words(admin_client.get(url))
    assert "Select a valid choice" in words(admin_client.post(url, {"window": "999999"}))
    answer = admin_client.post(url, {"window": str(other.pk)}, follow=True)
    assert "its buyer is told" in words(answer)
    order.refresh_from_db()
    assert order.window == str(other.pk)
    assert order.log.last().by == str(admin_user)


def test_who_may_only_look_at_orders_moves_none(client, django_user_model, place, apple, tour):
    tour()
    order = place({apple: 1})
    looker = django_user_model.objects.create_user("looker", is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(looker)
    url = reverse("admin:dailyfresh_orders_time", args=[order.pk])
    assert client.get(url).status_code == client.post(url, {"window": "1"}).status_code == 403
    with CaptureQueriesContext(connection):
        assert url not in words(client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])))
