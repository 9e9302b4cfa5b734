"""An order found by its number and its mobile number."""

import pytest
from dailyfresh_orders.models import Order, Review
from dailyfresh_orders.services import adopt
from django.urls import reverse

pytestmark = pytest.mark.django_db
FIND = "dailyfresh_orders:find"


@pytest.fixture
def found(settings, make_order, apple):
    """An order of somebody, in a shop where orders can be found."""
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"FIND_ORDERS": True}
    return make_order({apple: 2})


def find(client, number, phone):
    return client.post(reverse(FIND), {"number": number, "phone": phone})


def page_of(order):
    return reverse("dailyfresh_orders:found", args=[order.number])


def test_who_knows_both_numbers_sees_what_became_of_the_order_and_not_where_it_goes(client, found):
    assert client.get(reverse(FIND)).status_code == 200
    for phone in (found.phone, f"+86 {found.phone[:3]}-{found.phone[3:]}"):
        assert find(client, found.number, phone).url == page_of(found)
    page = client.get(page_of(found)).content.decode()
    assert found.lines.get().name in page
    assert found.get_state_display() in page
    for secret in (found.phone, found.street, found.receiver):
        assert secret not in page
    assert "<form" not in page


def test_one_wrong_number_opens_nothing_and_does_not_say_which(client, found):
    said = {
        find(client, number, phone).content.decode().split("alert")[1][:60]
        for number, phone in ((found.number, "13900000000"), ("2026", found.phone), ("2026", "13900000000"))
    }
    assert len(said) == 1
    assert client.get(page_of(found)).status_code == 404


def test_what_one_session_found_another_has_not(client, found):
    find(client, found.number, found.phone)
    assert client.__class__().get(page_of(found)).status_code == 404


def test_an_order_without_a_mobile_number_is_found_by_nobody(client, found):
    Order.objects.filter(pk=found.pk).update(phone="")
    for phone in ("", " ", "-", "+86"):
        assert find(client, found.number, phone).status_code == 200


def test_guessing_is_slowed_by_visitor_and_by_order(client, found, settings):
    settings.DAILYFRESH = {**getattr(settings, "DAILYFRESH", {}), "ALLOWANCES": {"find": (2, 60), "found": (2, 60)}}
    answers = [find(client, f"2026{n}", found.phone).status_code for n in range(3)]
    assert answers == [200, 200, 429]
    spread = [
        client.post(reverse(FIND), {"number": found.number, "phone": f"1390000000{n}"}, REMOTE_ADDR=f"10.0.0.{n}")
        for n in range(3)
    ]
    assert [answer.status_code for answer in spread] == [200, 200, 429]


def test_nobody_who_guesses_from_one_address_keeps_the_buyer_of_the_order_out(client, found):
    answers = [find(client, found.number, f"13900000{n:03}").status_code for n in range(40)]
    assert answers[-1] == 429
    there = {"number": found.number, "phone": found.phone}
    assert client.post(reverse(FIND), there, REMOTE_ADDR="10.0.0.9").url == page_of(found)


def test_a_shop_that_does_not_want_it_has_no_such_page(client, found, settings):
    find(client, found.number, found.phone)
    settings.DAILYFRESH_ORDERS = settings.DAILYFRESH_ORDERS | {"FIND_ORDERS": False}
    assert client.get(reverse(FIND)).status_code == 404
    assert client.get(page_of(found)).status_code == 404


def test_garbage_in_the_session_is_nothing_found(client, found):
    session = client.session
    session["dailyfresh_orders_found"] = 7
    session.save()
    assert client.get(page_of(found)).status_code == 404
    assert find(client, found.number, found.phone).status_code == 302


def test_what_a_guest_ordered_and_wrote_becomes_the_accounts(found, buyer, stranger):
    Order.objects.filter(pk=found.pk).update(state=Order.State.RECEIVED)
    line = found.lines.get()
    Review.objects.create(line=line, sku_id=line.sku_id, user=buyer, author="L", stars=5, text="好")
    assert adopt(guest=buyer, user=stranger) == 1
    assert Order.objects.get().user == stranger
    assert Review.objects.get().user == stranger
    assert adopt(guest=buyer, user=stranger) == 0
