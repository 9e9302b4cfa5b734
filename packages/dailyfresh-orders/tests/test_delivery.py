"""When an order comes: chosen on the page, held with the order, moved, and given back."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from conftest import refused
from dailyfresh_orders import checks
from dailyfresh_orders.checkout.quotes import BUY, quote
from dailyfresh_orders.checkout.signed_quotes import signed
from dailyfresh_orders.exceptions import NotMovable, QuoteChanged, TooMuchOpen
from dailyfresh_orders.models import Message, Order
from dailyfresh_orders.services import (
    cancel_order,
    change_payment,
    disagreements,
    pass_time,
    reschedule,
    ship,
    words_of,
)
from dailyfresh_orders.services.transitions import close_refunded
from dailyfresh_orders.testing import DeliveryContract
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from minisite.shop.delivery import Delivery
from minisite.shop.joins import Address, AddressBook
from minisite.shop.models import Aboard, Product, Tour


@pytest.fixture(autouse=True)
def _joined(settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"DELIVERY": "minisite.shop.delivery.Delivery"}


@pytest.fixture
def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def tour(db, now):
    """Makes a tour of two hours that closes two hours before it begins."""

    def make(hours=5, **more):
        starts = now + timedelta(hours=hours)
        return Tour.objects.create(
            **{"starts": starts, "ends": starts + timedelta(hours=2), "closes": starts - timedelta(hours=2)} | more
        )

    return make


class TestOurs(DeliveryContract):
    @pytest.fixture
    def delivery(self):
        return Delivery()

    @pytest.fixture
    def address(self):
        return Address("1", "林晓禾", "110000")

    @pytest.fixture
    def windows(self, tour):
        return str(tour(places=1).pk), str(tour(8).pk)


# -- placing --


def test_an_order_comes_in_the_earliest_window_unless_another_is_chosen_and_pays_its_fee(place, apple, tour):
    later, earlier = tour(8), tour(5)
    order, chosen = place({apple: 2}), place({apple: 2}, window=str(later.pk))
    assert (order.window, order.window_starts, order.window_ends) == (str(earlier.pk), earlier.starts, earlier.ends)
    assert chosen.window == str(later.pk)
    assert (order.freight, order.total, order.district_code) == (Decimal(5), Decimal(16), "110108")
    assert [row.source for row in order.adjustments.all()] == ["orders:freight"]
    assert disagreements(order) == []
    assert list(Tour.objects.order_by("pk").values_list("taken", flat=True)) == [1, 1]


def test_the_time_to_pay_ends_with_the_window_but_leaves_ten_minutes(place, apple, tour, now, settings, monkeypatch):
    """Worked cases 74 and 75."""
    closes = datetime(2026, 11, 30, 20)
    tour(closes=closes, starts=closes + timedelta(hours=1), ends=closes + timedelta(hours=2))
    for placed, until in ((datetime(2026, 11, 30, 19, 55), (20, 5)), (datetime(2026, 11, 30, 18), (18, 30))):
        monkeypatch.setattr(timezone, "now", lambda placed=placed: placed)
        order = place({apple: 1}, payment_method="voucher")
        assert (order.expires_at.hour, order.expires_at.minute) == until


def test_a_window_that_closed_between_page_and_order_is_not_sold_and_another_is_asked_for(place, token_of, apple, tour):
    """Races 11 and 12."""
    only = tour()
    token = token_of({apple: 1})
    Tour.objects.update(closes=timezone.now())
    (said,) = refused(place, token)
    assert re.fullmatch(r"\w+ \d+ \w+ \d\d:\d\d–\d\d:\d\d: It is closed\. Please choose another time\.", said)
    assert not Order.objects.exists()
    other = tour(30)
    assert place(token, window=str(other.pk)).window == str(other.pk)
    assert Tour.objects.get(pk=only.pk).taken == 0


def test_the_next_days_are_called_as_people_call_them(shop, apple, tour):
    for days in (1, 3):
        tour(24 * days)
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": f"{apple.pk}:1"}).content.decode()
    assert [text.split()[0] for text in re.findall(r"<summary>\s*<b>(.*?)</b>", page)][0] == "Tomorrow"
    assert page.count("Tomorrow") == 1


def test_who_takes_the_last_place_leaves_nothing_of_the_others_order(place, token_of, apple, tour, monkeypatch):
    last = tour(places=1)
    token = token_of({apple: 1})
    given = Delivery.take

    def beaten(self, window, **more):
        Tour.objects.filter(pk=last.pk).update(taken=1)
        return given(self, window, **more)

    monkeypatch.setattr(Delivery, "take", beaten)
    (said,) = refused(place, token)
    assert said.endswith(" is taken. Please choose another time.")
    assert not Order.objects.exists()
    assert not Aboard.objects.exists()
    assert Product.objects.get(pk=apple.pk).pieces == 10


def test_the_same_quote_with_another_window_is_the_first_order_unchanged(place, token_of, apple, tour):
    """Race 3."""
    first, other = tour(), tour(8)
    token = token_of({apple: 1})
    order = place(token)
    assert place(token, window=str(other.pk)) == order
    assert list(Aboard.objects.values_list("tour_id", flat=True)) == [first.pk]


def test_one_buyer_has_so_many_unpaid_orders_in_a_window_however_they_pay_and_no_more(place, apple, tour, settings):
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"OPEN_IN_WINDOW": 2}
    first, other = tour(), tour(8)
    order = place({apple: 1}, window=str(first.pk))
    place({apple: 1}, window=str(first.pk), payment_method="voucher")
    for way in ("cod", "voucher"):
        with pytest.raises(TooMuchOpen, match="2 orders of yours come at this time and are not paid"):
            place({apple: 1}, window=str(first.pk), payment_method=way)
    place({apple: 1}, window=str(other.pk))
    Order.objects.filter(pk=order.pk).update(paid_at=timezone.now())
    place({apple: 1}, window=str(first.pk))


@pytest.fixture
def half(settings):
    """Half of what there is may be held by those who do not pay now."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"HELD_SHARE": 0.5}


@pytest.mark.usefixtures("half")
def test_what_is_paid_at_the_door_holds_a_share_of_a_window_and_the_rest_can_be_paid(place, apple, tour):
    """Guests of one address had taken every place, for ever."""
    there = tour(places=4)
    for _n in range(2):
        place({apple: 1})
    with pytest.raises(TooMuchOpen, match="held by orders that are paid on delivery. Please pay this one online"):
        place({apple: 1})
    waiting = place({apple: 1}, payment_method="voucher")
    with pytest.raises(TooMuchOpen, match="paid on delivery"):
        change_payment(waiting.pk, code="cod", by=waiting.user)
    assert Tour.objects.get(pk=there.pk).taken == 3
    with pytest.raises(TooMuchOpen, match="not paid yet. Please choose another one, or try again within 30 minutes"):
        place({apple: 1}, payment_method="voucher")
    Order.objects.filter(pk=waiting.pk).update(paid_at=timezone.now(), state=Order.State.TO_SHIP)
    assert place({apple: 1}, payment_method="voucher").window == str(there.pk)


@pytest.mark.usefixtures("half")
def test_nobody_moves_more_than_the_share_into_a_window_and_staff_do(place, apple, tour):
    there, other = tour(places=2), tour(8, places=9)
    place({apple: 1}, window=str(there.pk))
    order = place({apple: 1}, window=str(other.pk))
    with pytest.raises(NotMovable, match="held by orders that are paid on delivery"):
        reschedule(order_id=order.pk, window=str(there.pk), by=order.user)
    assert [each.taken for each in Tour.objects.order_by("pk")] == [1, 1]
    reschedule(order_id=order.pk, window=str(there.pk), by="staff", by_staff=True)
    assert [each.taken for each in Tour.objects.order_by("pk")] == [2, 0]


@pytest.mark.usefixtures("half")
def test_where_nobody_can_pay_online_there_is_no_rest_to_keep(place, apple, tour, settings):
    gateways = {"cod": settings.DAILYFRESH_ORDERS["GATEWAYS"]["cod"]}
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"GATEWAYS": gateways}
    there = tour(places=2)
    for _n in range(2):
        place({apple: 4})
    assert Tour.objects.get(pk=there.pk).taken == 2


@pytest.mark.usefixtures("half")
def test_a_delivery_that_cannot_count_is_logged_and_takes_the_order(place, apple, tour, monkeypatch, caplog):
    tour(places=1)
    monkeypatch.setattr(Delivery, "lock", lambda self, window: 1 / 0)
    assert place({apple: 1}).window
    assert "could not be counted" in caplog.text


def test_guests_of_one_address_have_so_many_orders_in_a_window_placed_there_or_moved_there(
    client, buyer, apple, tour, settings
):
    settings.DAILYFRESH = {"ALLOWANCES": {"guest_window": (2, 3600)}}
    first, other = tour(places=99), tour(8, places=99)

    def placed(window, address="8.8.4.4"):
        token = signed(quote({str(apple.pk): 1}, source=BUY, address=AddressBook().choices(buyer)[0]), user=buyer)
        data = {"token": token, "address": AddressBook().choices(buyer)[0].id, "payment_method": "cod"}
        client.force_login(buyer)
        return client.post(
            reverse("dailyfresh_orders:place"), data | {"window": str(window.pk)}, REMOTE_ADDR=address
        ).status_code

    assert [placed(first) for _n in range(3)] == [302, 302, 302], "an account with a password has its own limits"
    buyer.set_unusable_password()
    buyer.save()
    assert [placed(first) for _n in range(3)] == [302, 302, 409]
    assert [placed(first, "2001:4860::1"), placed(other)] == [302, 302]
    assert [placed(first, "10.0.0.1") for _n in range(3)] == [302] * 3, "a proxy that nobody named is no one guest"
    moved = Order.objects.filter(window=str(other.pk)).get()
    url = reverse("dailyfresh_orders:another_time", args=[moved.number])
    answer = client.post(url, {"window": first.pk}, REMOTE_ADDR="8.8.4.4", headers={"Accept": "application/json"})
    assert answer.json()["message"].startswith("Many orders from where you are come at this time")
    moved.refresh_from_db()
    assert moved.window == str(other.pk)


def test_a_second_click_of_a_guest_is_no_second_order(place, token_of, apple, tour, settings):
    settings.DAILYFRESH = {"ALLOWANCES": {"guest_window": (1, 3600)}}
    tour(places=9)
    token = token_of({apple: 1})
    assert place(token, guest="8.8.4.4") == place(token, guest="8.8.4.4")
    with pytest.raises(TooMuchOpen):
        place({apple: 1}, guest="8.8.4.4")


def test_a_window_that_costs_something_else_now_is_asked_about(place, token_of, apple, tour, monkeypatch):
    tour()
    token = token_of({apple: 1})
    monkeypatch.setattr(Delivery, "fee", lambda self, window, *, goods: Decimal("7.00"))
    assert refused(place, token) == [
        "Sending it now costs ¥7.00 instead of ¥5.00.",
        "All in all it now costs ¥12.50 instead of ¥10.50.",
    ]


def test_no_order_without_a_window(place, token_of, apple, tour):
    """Race 42: a window of another zone is dropped; and 43: a district that no zone knows."""
    south = tour(north=False)
    token = token_of({apple: 1})
    assert refused(place, token) == ["Nothing can be brought to this address at the moment."]
    tour()
    assert refused(place, token, window=str(south.pk)) == [
        "The time you chose is not offered for this address. Please choose another one."
    ]
    assert not Order.objects.exists()


@pytest.mark.parametrize("method", ["choices", "take"])
def test_a_delivery_that_is_away_sells_nothing_and_says_so(place, token_of, apple, tour, monkeypatch, method, caplog):
    tour()
    token = token_of({apple: 1})
    monkeypatch.setattr(Delivery, method, lambda self, *args, **more: 1 / 0)
    assert refused(place, token)[0] == "Delivery times cannot be had at the moment. Please try again."
    assert not Order.objects.exists()
    assert "ZeroDivisionError" in caplog.text


def test_what_no_order_could_keep_is_not_offered(token_of, apple, tour, monkeypatch, caplog, buyer):
    tour()
    twice = Delivery.choices
    monkeypatch.setattr(Delivery, "choices", lambda self, **more: [*twice(self, **more), *twice(self, **more)])
    address = AddressBook().choices(buyer)[0]
    found = quote({str(apple.pk): 1}, source=BUY, address=address, user=buyer)
    assert found.timing.windows == ()
    assert "has one of its own" in str(caplog.records[0].exc_info[1])


# -- given back --


def test_who_does_not_pay_in_time_or_cancels_gives_the_place_back_once(place, apple, buyer, tour):
    """Race 17."""
    there = tour()

    def taken():
        return Tour.objects.get(pk=there.pk).taken

    unpaid = place({apple: 1}, payment_method="voucher")
    assert taken() == 1
    Order.objects.update(expires_at=timezone.now(), due_at=timezone.now())
    pass_time()
    pass_time()
    assert (Order.objects.get(pk=unpaid.pk).state, taken()) == (Order.State.CANCELLED, 0)
    cancelled, on_delivery = place({apple: 1}, payment_method="voucher"), place({apple: 1})
    assert taken() == 2
    cancel_order(cancelled.pk, by=buyer)
    cancel_order(on_delivery.pk, by=buyer)
    assert taken() == 0


def test_a_whole_refund_gives_the_place_back_before_it_was_sent_and_not_after(place, apple, tour):
    there = tour()
    before, after = place({apple: 1}), place({apple: 1})
    ship(after.pk, carrier="SF", tracking_number="1", by="staff")
    for order in (before, after):
        close_refunded(order.pk, by="refund")
        close_refunded(order.pk, by="refund")
    assert Tour.objects.get(pk=there.pk).taken == 1


# -- statements --


def statements(act):
    with CaptureQueriesContext(connection) as seen:
        act()
    said = [each["sql"] for each in seen]
    return len([sql for sql in said if not re.match("(BEGIN|COMMIT|SAVEPOINT|RELEASE|SET )", sql)])


def test_a_delivery_takes_three_statements_of_an_order_and_none_where_there_is_none(
    place, token_of, apple, tour, settings
):
    tour()
    place({apple: 1})
    counts = []
    for joined in (None, "minisite.shop.delivery.Delivery"):
        settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"DELIVERY": joined}
        token = token_of({apple: 1})
        counts.append(statements(lambda token=token: place(token)))
    assert counts[0] <= 8
    assert counts[1] == counts[0] + 3  # what there is; the place, and one fewer left


def test_an_order_asks_for_its_window_alone_where_the_delivery_can_be_asked_so(
    place, token_of, apple, tour, monkeypatch
):
    tour()
    later = tour(29)
    tokens, all_of_them = [token_of({apple: 1}) for _ in range(2)], Delivery.choices
    asked = []

    def choice(self, window, **more):
        asked.append(window)
        return next((each for each in all_of_them(self, **more) if each.id == window), None)

    monkeypatch.setattr(Delivery, "choice", choice, raising=False)
    monkeypatch.setattr(Delivery, "choices", lambda *args, **more: pytest.fail("nobody chooses any more"))
    assert place(tokens[0], window=str(later.pk)).window == str(later.pk)
    with pytest.raises(QuoteChanged, match="not offered for this address"):
        place(tokens[1], window="77")
    assert asked == [str(later.pk), "77"]


# -- pages --


def words(page):
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.fixture
def confirm(shop):
    def confirm(*pairs):
        return shop.get(reverse("dailyfresh_orders:confirm"), {"buy": [f"{product.pk}:{n}" for product, n in pairs]})

    return confirm


def test_the_page_lists_the_windows_by_day_with_what_is_left_and_why_one_is_closed(confirm, apple, tour, now):
    morning = datetime.combine(now.date() + timedelta(days=1), datetime.min.time()) + timedelta(hours=9)
    for hour, more in ((0, {"taken": 7}), (2, {"places": 3, "taken": 3}), (4, {"closes": now})):
        tour(starts=morning + timedelta(hours=hour), ends=morning + timedelta(hours=hour + 2), **more)
    page = confirm((apple, 1))
    said = words(page)
    assert page.context["orderable"]
    for expected in ("09:00–11:00", "¥5.00 · only 3 left", "It is full.", "It is closed.", "1 time"):
        assert expected in said
    assert said.count('type="radio" name="window"') == 3
    assert said.count(" disabled> <span> <b>") == 2
    assert said.count('class="df-day"') == 1


def test_the_page_takes_two_statements_more_at_most_for_fourteen_days_of_windows(confirm, apple, tour, settings):
    for day in range(14):
        for hour in (9, 12, 15, 18):
            tour(24 * day + hour)
    confirm((apple, 1))
    with_windows = statements(lambda: confirm((apple, 1)))
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"DELIVERY": None}
    assert with_windows <= statements(lambda: confirm((apple, 1))) + 2


def test_another_time_is_another_quote_by_a_button_and_is_when_the_order_comes(confirm, shop, apple, tour):
    tour()
    later = tour(29)
    page = confirm((apple, 1))
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    chosen = shop.post(reverse("dailyfresh_orders:quote"), form | {"window": str(later.pk)})
    assert chosen.context["quote"].timing.chosen.id == str(later.pk)
    form = form | {"token": chosen.context["token"], "window": str(later.pk)}
    shop.post(reverse("dailyfresh_orders:place"), form)
    order = Order.objects.get()
    assert order.window == str(later.pk)
    assert order.when in words(shop.get(order.get_absolute_url()))
    told = Message.objects.filter(order=order, event=Message.Event.PLACED).first()
    assert f"It comes {order.when}." in words_of(told)[1]


def test_a_full_window_is_said_on_the_page_and_its_goods_are_not_called_short(confirm, shop, apple, tour):
    there = tour()
    tour(29)
    page = confirm((apple, 1))
    Tour.objects.filter(pk=there.pk).update(places=0)
    form = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
    again = shop.post(reverse("dailyfresh_orders:place"), form)
    assert again.status_code == 409
    assert "It is full. Please choose another time." in words(again)
    assert not again.context["orderable"]
    assert again.context["possible_url"] == ""


def test_what_is_not_sent_is_asked_for_no_time(confirm, shop, settings, tour):
    tour()
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"CATALOGUE": "minisite.shop.joins.Talents"}
    page = shop.get(reverse("dailyfresh_orders:confirm"), {"buy": "download:1"})
    assert page.context["orderable"]
    assert 'name="window"' not in words(page)


def test_papers_and_staff_read_when_it_comes(place, apple, tour, admin_client):
    tour()
    order = place({apple: 1})
    assert order.when in words(admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])))
    paper = admin_client.post(
        reverse("admin:dailyfresh_orders_order_changelist"),
        {"action": "print_delivery_notes", "_selected_action": [order.pk]},
    )
    assert order.when in words(paper)


def test_freight_beside_a_delivery_is_an_error(settings):
    assert "dailyfresh_orders.E008" in {message.id for message in checks.check_joins(None)}
    without = {key: value for key, value in settings.DAILYFRESH_ORDERS.items() if key != "FREIGHT"}
    settings.DAILYFRESH_ORDERS = without
    assert checks.check_joins(None) == []
