"""What staff see and may do."""

import pytest
from conftest import ADDRESS, account, link_of, make_user, sign_in, text, url
from dailyfresh_users import models
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    client = Client()
    client.force_login(make_user("merchant", "m@example.com", is_staff=True, is_superuser=True))
    return client


def page(model, what="changelist", *args):
    return reverse(f"admin:dailyfresh_users_{model}_{what}", args=args)


def test_staff_see_accounts_that_wait_their_mails_sessions_and_addresses(staff, pending_link):
    customer = sign_in(make_user("customer", "c@example.com"))
    customer.post(url("address_add"), ADDRESS)
    customer.get(url("profile"))
    for model, words in (
        ("registration", "linxiaohe"),
        ("mail", "activation"),
        ("usersession", "127.0.0.1"),
        ("address", "科育南路"),
    ):
        shown = text(staff.get(page(model), {"q": ""}))
        assert words in shown, model
        assert staff.get(page(model), {"q": "linxiaohe"}).status_code == 200
        assert staff.get(page(model, "add")).status_code == 403
    assert customer.session.session_key not in text(
        staff.get(page("usersession", "change", models.UserSession.objects.last().pk))
    )


@pytest.mark.parametrize("model", ["registration", "mail", "usersession", "address"])
def test_a_list_costs_the_same_however_long_it_is(staff, model, django_assert_max_num_queries):
    staff.get(page(model))  # notes the session
    counts = []
    for number in range(0, 12, 6):
        for each in range(number, number + 6):
            user = make_user(f"user{each}", f"u{each}@example.com")
            client = Client()
            client.force_login(user)
            client.post(url("address_add"), ADDRESS)
            models.Mail.objects.create(user=user, kind="activation", language="en", origin="x")
        with django_assert_max_num_queries(12) as captured:
            staff.get(page(model))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_staff_have_a_mail_sent_again(staff, pending_link, commit):
    mail.outbox.clear()
    row = models.Mail.objects.get()
    with commit():
        staff.post(page("mail"), {"action": "send_again", "_selected_action": [row.pk]})
    assert Client().post(link_of(mail.outbox[0])).status_code == 200
    assert account("linxiaohe").is_active


def test_deleting_a_session_signs_that_browser_out(staff):
    clients = [Client() for _ in range(3)]
    user = make_user()
    for client in clients:
        client.force_login(user)
        client.get(url("profile"))
    rows = list(models.UserSession.objects.filter(user=user))
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in rows[:2]], "post": "yes"}
    staff.post(page("usersession"), chosen)
    staff.post(page("usersession", "delete", rows[2].pk), {"post": "yes"})
    assert [client.get(url("profile")).status_code for client in clients] == [302, 302, 302]


def test_our_user_model_is_administered_where_it_is_the_sites(staff, settings):
    if settings.AUTH_USER_MODEL == "dailyfresh_users.User":
        assert "merchant" in text(staff.get(page("user")))
    else:
        with pytest.raises(NoReverseMatch):
            page("user")


def test_accounts_and_addresses_are_taken_away_as_files(staff):
    buyer = make_user("customer", "c@example.com")
    sign_in(buyer).post(url("address_add"), ADDRESS)
    models_of_files = ["address"] + (["user"] if get_user_model() is models.User else [])
    for model in models_of_files:
        rows = models.Address.objects.all() if model == "address" else get_user_model().objects.filter(pk=buyer.pk)
        answer = staff.post(page(model), {"action": "export", "_selected_action": [row.pk for row in rows]})
        heading, row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert len(heading.split(",")) == len(row.split(","))
        assert "customer" in row
        assert ("c@example.com" if model == "user" else ADDRESS["phone"]) in row
