"""The page of one order, as staff have it: what happened, notes among them, and the steps that are legal now."""

from datetime import timedelta

import pytest
from dailyfresh_orders.models import Order, OrderNote
from dailyfresh_orders.services import anonymise, leave_note, pass_time, ship
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation
from minisite.shop.models import Product

NOTE, STEP = "admin:dailyfresh_orders_note", "admin:dailyfresh_orders_step"


def page_of(order):
    return reverse("admin:dailyfresh_orders_order_change", args=[order.pk])


@pytest.fixture
def clerk(client, django_user_model):
    """Somebody who may look at orders and nothing else, and what more they may do is added."""
    user = django_user_model.objects.create_user("clerk", password="x", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_order"))
    client.force_login(user)
    client.user = user
    return client


def allow(browser, codename):
    browser.user.user_permissions.add(Permission.objects.get(codename=codename))


def test_a_note_is_read_by_the_next_colleague_and_never_by_the_buyer(clerk, buyer, make_order, apple):
    order = make_order({apple: 1})
    assert clerk.post(reverse(NOTE, args=[order.pk]), {"text": "x"}).status_code == 403
    assert 'id="df-note"' not in clerk.get(page_of(order)).content.decode()
    allow(clerk, "add_ordernote")

    clerk.post(reverse(NOTE, args=[order.pk]), {"text": "Rings twice <b>"})

    page = clerk.get(page_of(order)).content.decode()
    assert "Rings twice &lt;b&gt;" in page
    assert 'id="df-note"' in page
    note = OrderNote.objects.get()
    assert (note.order, note.by) == (order, clerk.user)
    clerk.force_login(buyer)
    assert "Rings twice" not in clerk.get(order.get_absolute_url()).content.decode()


@pytest.mark.parametrize("text", ["", "  ", "x" * 501])
def test_an_empty_or_endless_note_is_refused_in_words(admin_client, make_order, apple, text):
    order = make_order({apple: 1})
    page = admin_client.post(reverse(NOTE, args=[order.pk]), {"text": text}, follow=True)
    assert [str(each) for each in page.context["messages"]] == ["A note has between one and 500 characters."]
    assert not OrderNote.objects.exists()


def test_notes_and_steps_of_what_is_not_there_are_404_and_a_look_at_them_changes_nothing(admin_client):
    for name in (NOTE, STEP):
        assert admin_client.post(reverse(name, args=[10**6]), {"text": "x", "step": "cancel"}).status_code == 404
        assert admin_client.get(reverse(name, args=[10**6])).status_code == 405


def test_staff_cancel_what_is_unpaid_and_the_goods_return(admin_client, make_order, apple):
    order = make_order({apple: 2})
    left = Product.objects.get(pk=apple.pk).pieces
    assert 'value="cancel"' in admin_client.get(page_of(order)).content.decode()

    admin_client.post(reverse(STEP, args=[order.pk]), {"step": "cancel"})

    order.refresh_from_db()
    assert (order.state, Product.objects.get(pk=apple.pk).pieces) == (Order.State.CANCELLED, left + 2)
    page = admin_client.post(reverse(STEP, args=[order.pk]), {"step": "cancel"}, follow=True)
    assert "The order is past that." in [str(each) for each in page.context["messages"]]
    assert 'name="step"' not in page.content.decode()


def test_staff_say_that_a_parcel_arrived_but_a_step_nobody_knows_is_none(admin_client, make_order, apple):
    order = make_order({apple: 1})
    ship(order.pk, carrier="SF", tracking_number="1", by="admin")
    admin_client.post(reverse(STEP, args=[order.pk]), {"step": "delete"})
    order.refresh_from_db()
    assert order.state == Order.State.SHIPPED

    admin_client.post(reverse(STEP, args=[order.pk]), {"step": "receive"})

    order.refresh_from_db()
    assert order.state == Order.State.RECEIVED


def test_whoever_may_only_look_takes_no_step(clerk, make_order, apple):
    order = make_order({apple: 1})
    assert clerk.post(reverse(STEP, args=[order.pk]), {"step": "cancel"}).status_code == 403
    assert 'name="step"' not in clerk.get(page_of(order)).content.decode()


def test_what_happened_is_told_in_the_language_of_who_reads_it(admin_client, make_order, apple):
    order = make_order({apple: 1})
    ship(order.pk, carrier="SF", tracking_number="1", by="admin")
    Order.objects.filter(pk=order.pk).update(due_at=timezone.now() - timedelta(days=1))
    pass_time()
    leave_note(order_id=order.pk, by=None, text="ask her")

    with translation.override("zh-hans"):
        chinese = admin_client.get(page_of(order), headers={"accept-language": "zh-hans"}).content.decode()
    english = admin_client.get(page_of(order), headers={"accept-language": "en"}).content.decode()

    assert "not confirmed in time" in english
    assert "not confirmed in time" not in chinese
    assert "未按时确认收货" in chinese


def test_notes_about_a_person_are_gone_with_the_person(buyer, make_order, apple):
    order = make_order({apple: 1})
    leave_note(order_id=order.pk, by=None, text="lives with her mother")
    anonymise(user=buyer)
    assert not OrderNote.objects.exists()
