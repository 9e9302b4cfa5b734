"""Shopping without an account."""

from datetime import timedelta

import pytest
from conftest import ADDRESS, PASSWORD, make_user, text, url
from dailyfresh_users.exceptions import ErasureRefused
from dailyfresh_users.models import Registration, UserSession
from dailyfresh_users.services import open_account
from dailyfresh_users.signals import account_erasing, guest_joined
from dailyfresh_users.tasks import tidy
from django.contrib.auth import get_user_model
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def guests(settings):
    settings.DAILYFRESH_USERS = settings.DAILYFRESH_USERS | {"GUESTS": True}


def go_on(client, next="/checkout/?sku_id=3"):
    return client.post(url("guest"), {"next": next})


def account():
    return Registration.objects.get(guest=True).user


def test_a_site_that_wants_accounts_offers_nothing_else(client):
    assert "guest" not in text(client.get(url("login"), {"next": "/checkout/"}))
    assert go_on(client).status_code == 404
    assert not Registration.objects.exists()


def test_a_visitor_goes_on_to_where_an_account_was_asked_for_and_is_known_there(client, guests):
    assert "Go on as a guest" in text(client.get(url("login"), {"next": "/checkout/"}))
    assert "Go on as a guest" not in text(client.get(url("login")))
    assert go_on(client).url == "/checkout/?sku_id=3"
    assert client.session["_auth_user_id"] == str(account().pk)
    page = text(client.get(url("profile")))
    assert "You shop as a guest" in page
    assert account().get_username() not in page
    assert go_on(client).status_code == 302
    assert Registration.objects.count() == 1


def test_nobody_signs_in_as_a_guest_and_no_address_of_another_site_is_followed(client, guests):
    assert go_on(client, next="https://evil.example/").url == url("profile")
    other = client.__class__()
    for password in ("", "!", PASSWORD):
        other.post(url("login"), {"username": account().get_username(), "password": password})
        assert "_auth_user_id" not in other.session
    assert client.get(url("guest"), {"next": "/checkout/"}).status_code == 302


def test_a_guests_address_gets_mail_and_stays_its_owners(client, guests):
    assert "E-mail (optional)" in text(client.get(url("login"), {"next": "/checkout/"}))
    refused = client.post(url("guest"), {"next": "/checkout/", "email": "nobody@"})
    assert "Enter a valid email address" in text(refused)
    assert not Registration.objects.exists()
    assert client.post(url("guest"), {"next": "/checkout/", "email": "mei@example.com"}).url == "/checkout/"
    guest = account()
    assert getattr(guest, guest.get_email_field_name()) == "mei@example.com"
    guest.save()
    assert Registration.objects.get(user=guest).email_key is None
    owner = make_user("mei", email="mei@example.com")
    other = client.__class__()
    other.post(url("login"), {"username": "mei@example.com", "password": PASSWORD})
    assert other.session["_auth_user_id"] == str(owner.pk)


def test_machines_open_a_few_guests_and_then_wait(client, guests, settings):
    settings.DAILYFRESH_USERS = settings.DAILYFRESH_USERS | {"THROTTLES": {"guest": (2, 60)}}
    answers = [go_on(client.__class__()) for _n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert Registration.objects.count() == 2


def test_what_a_guest_wrote_and_ordered_is_the_accounts_that_signs_in_there(client, guests, user):
    told = []

    def receiver(guest, user, **_):
        told.append((guest.pk, user.pk))

    guest_joined.connect(receiver)
    try:
        go_on(client)
        guest = account()
        client.post(url("address_add"), ADDRESS)
        client.post(url("login"), {"username": "linxiaohe", "password": PASSWORD})
    finally:
        guest_joined.disconnect(receiver)
    assert told == [(guest.pk, user.pk)]
    assert user.dailyfresh_addresses.get().is_default
    assert not get_user_model().objects.filter(pk=guest.pk).exists()
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_guest_whom_the_shop_still_needs_stays_and_the_account_is_signed_in(client, guests, user):
    def object_(user, **_):
        raise ErasureRefused("an order is on its way")

    go_on(client)
    account_erasing.connect(object_)
    try:
        client.post(url("login"), {"username": "linxiaohe", "password": PASSWORD})
    finally:
        account_erasing.disconnect(object_)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert account()


def test_an_account_that_signs_in_after_another_brings_nothing_along(client, user):
    other = make_user("zhangsan", "zhang@example.com")
    client.force_login(other)
    client.post(url("login"), {"username": "linxiaohe", "password": PASSWORD})
    assert get_user_model().objects.filter(pk=other.pk).exists()


def test_a_guest_leaves_without_a_password_that_there_never_was(client, guests):
    go_on(client)
    assert "Change the password" not in text(client.get(url("security")))
    assert 'type="password"' not in text(client.get(url("erase")))
    assert client.post(url("erase")).status_code == 200
    assert not get_user_model().objects.exists()


def test_guests_who_left_are_erased_and_those_who_are_there_stay(client, guests, user):
    go_on(client)
    open_account(username="pending1", email="p@example.com", password=PASSWORD, origin="http://testserver")
    Registration.objects.filter(guest=True).update(activated_at=timezone.now() - timedelta(days=91))
    tidy()
    guest = account()
    UserSession.objects.filter(user=guest).update(expires_at=timezone.now() - timedelta(seconds=1))
    tidy()
    assert not get_user_model().objects.filter(pk=guest.pk).exists()
    assert get_user_model().objects.count() == 2
