"""Where staff land, and one order on one screen."""

import pytest
from dailyfresh_orders.models import Letter, Message, Order, Payment, Refund
from dailyfresh_orders.reports.work import work_for
from django.contrib.auth.models import Permission
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import reverse

pytestmark = pytest.mark.django_db


def counts(user):
    return {job.label: job.n for job in work_for(user)}


@pytest.fixture
def troubles(make_order, apple, pear, buyer):
    """An order to ship, a refund asked for, one that the gateway refused, a dispute, a lost letter; a sold-out and a low product."""
    order = make_order({apple: 2})
    apple.pieces, pear.pieces = 0, 3
    apple.save()
    pear.save()
    payment = Payment.objects.create(
        order=order, gateway="voucher", out_trade_no="V1", amount=5, state="disputed", subject="x"
    )
    for number, state in (("R1", "asked"), ("R2", "refused"), ("R3", "done")):
        Refund.objects.create(payment=payment, out_request_no=number, kind="buyer", state=state, amount=1)
    message = Message.objects.create(event="placed", order=order, due=None)
    Letter.objects.create(message=message, user=buyer, channel="x", attempts=9, error="given up")
    return order


def test_staff_land_on_what_is_to_be_done_each_a_link(admin_client, admin_user, troubles):
    assert counts(admin_user) == {
        "To be shipped": 1,
        "Sold out": 1,
        "Nearly sold out": 1,
        "Refunds asked for": 1,
        "Refunds the gateway refused": 1,
        "Disputed payments": 1,
        "Messages that did not arrive": 1,
    }
    request = RequestFactory().get("/")
    request.user = admin_user
    page = Template("{% load dailyfresh_orders %}{% dailyfresh_orders_work %}").render(Context({"request": request}))
    links = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert len(links) == 7
    for link in links:
        assert admin_client.get(link.replace("&amp;", "&")).status_code == 200


def test_whoever_may_do_nothing_about_it_is_shown_nothing(django_user_model, troubles):
    clerk = django_user_model.objects.create_user("clerk", is_staff=True)
    assert work_for(clerk) == []
    clerk.user_permissions.add(Permission.objects.get(codename="view_refund"))
    clerk = django_user_model.objects.get(pk=clerk.pk)
    assert set(counts(clerk)) == {"Refunds asked for", "Refunds the gateway refused", "Disputed payments"}


def test_the_start_page_takes_the_same_statements_however_much_there_is(
    admin_user, troubles, django_assert_max_num_queries
):
    with django_assert_max_num_queries(7):
        work_for(admin_user)


def test_one_order_is_on_one_screen(admin_client, troubles, make_order, pear):
    pear.pieces = 9
    pear.save()
    earlier = troubles
    order = make_order({pear: 1}, note="Ring twice")
    page = admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])).content.decode()
    for words in ("Pear", "Ring twice", earlier.number, "林晓禾"):
        assert words in page
    page = admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[earlier.pk])).content.decode()
    assert "V1" in page
    assert reverse("admin:dailyfresh_orders_refund_change", args=[Refund.objects.get(out_request_no="R1").pk]) in page


@pytest.mark.parametrize("what", ["number", "phone", "receiver", "name"])
def test_an_order_is_found_by_a_part_of_what_is_known_of_it(admin_client, make_order, apple, pear, what):
    order, other = make_order({apple: 1}), make_order({pear: 1})
    Order.objects.filter(pk=order.pk).update(phone="13812345678", receiver="林晓禾")
    Order.objects.filter(pk=other.pk).update(phone="13900000000", receiver="王五")
    term = {"number": order.number[8:], "phone": "2345678", "receiver": "晓禾", "name": "ppl"}[what]
    listed = admin_client.get(reverse("admin:dailyfresh_orders_order_changelist"), {"q": term, "state": "all"})
    assert [row.pk for row in listed.context["cl"].result_list] == [order.pk]


def test_an_orders_page_leads_nobody_to_an_account_that_they_may_not_see(admin_client, make_order, apple):
    order = make_order({apple: 1})
    page = admin_client.get(reverse("admin:dailyfresh_orders_order_change", args=[order.pk])).content.decode()
    assert str(order.user) in page
    assert f"/user/{order.user_id}/change/" not in page
