"""Opening an account."""

import html
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from conftest import ADDRESS, PASSWORD, account, ajax, link_of, make_foreign_user, make_user, register, text, url
from dailyfresh_core.testing.mailbox import mail as mail_settings
from dailyfresh_core.testing.mailbox import smtp
from dailyfresh_users import models, tasks
from dailyfresh_users.selectors import email_of, name_is_taken
from dailyfresh_users.services import open_account
from dailyfresh_users.signals import user_registered
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db


def test_a_visitor_registers_activates_signs_in_and_leaves(client, commit):
    with commit():
        assert register(client).url == url("resend")
    assert "lin@example.com" in text(client.get(url("resend")))
    link = link_of(mail.outbox[0])
    assert "linxiaohe" in text(client.get(link))
    assert "Welcome" in text(client.post(link))
    response = client.post(url("login"), {"username": "lin@example.com", "password": PASSWORD})
    assert response.url == url("profile")
    for name in ("profile", "addresses", "security", "password_change", "erase", "export", "logout", "visitor"):
        assert client.get(url(name)).status_code == 200, name
    assert client.post(url("address_add"), ADDRESS).status_code == 302
    client.post(url("logout"))
    assert client.get(url("profile")).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "", "This field is required"),
        ("username", "four", "5 to 20 characters"),
        ("username", "x" * 21, "5 to 20 characters"),
        ("username", "x" * 5000, "at most 150"),
        ("username", "lin@example.com", "letters, digits"),
        ("username", "lin xiao", "letters, digits"),
        ("username", "lin\u200bxiao", "letters, digits"),
        ("username", "lin\x00xiao", "Null characters"),
        ("username", "<script>", "letters, digits"),
        ("email", "", "This field is required"),
        ("email", "not an address", "valid email"),
        ("email", "lin@example.com\nBcc: all@example.com", "valid email"),
        ("email", "x" * 300 + "@example.com", "at most 254"),
        ("password1", "", "This field is required"),
        ("password1", "short1", "too short"),
        ("password1", "password", "too common"),
        ("password1", "linxiaohe1", "too similar"),
        ("password1", "x" * 5000, "at most 128"),
        ("password2", "another-one-1", "differ"),
        ("password2", "", "This field is required"),
        ("agree", "", "agree"),
    ],
)
def test_what_cannot_be_registered_is_said_at_its_field(client, field, value, message):
    response = register(client, **{field: value})
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert message.lower() in " ".join(errors.get(field, errors.get("password1", []))).lower()
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not models.Registration.objects.exists()


def test_the_form_says_beforehand_what_a_name_may_be(client, settings):
    settings.DAILYFRESH_USERS = {**settings.DAILYFRESH_USERS, "USERNAME_LENGTH": (3, 9)}
    page = client.get(url("register")).content.decode()
    assert re.search('<small[^>]* id="id_username_helptext">3 to 9 letters', page)
    assert re.search('<input[^>]* name="username"[^>]* aria-describedby="id_username_helptext"', page)


def test_passwords_never_come_back_in_a_page(client):
    page = register(client, username="").content.decode()
    assert PASSWORD not in page


def test_a_new_account_is_pending_and_its_password_hashed(client, commit):
    with commit():
        register(client)
    user = account("linxiaohe")
    assert not user.is_active
    assert user.check_password(PASSWORD)
    assert user.dailyfresh_registration.activated_at is None
    assert user.dailyfresh_registration.email_key is None


@pytest.mark.parametrize("name", ["linxiaohe", "LINXIAOHE", "ｌｉｎｘｉａｏｈｅ"])
def test_a_name_is_taken_in_any_spelling(client, name):
    make_user("linxiaohe", "other@example.com")
    assert "taken" in text(register(client, username=name))
    assert ajax(client, "get", url("name_check"), {"username": name})[1]["data"] == {"available": False}


@pytest.mark.parametrize(
    ("name", "available", "code"),
    [("freshfan", True, "ok"), ("four", False, "length"), ("a b c d e", False, "invalid"), ("", False, "length")],
)
def test_the_live_check_says_whether_a_name_can_be_had(client, name, available, code):
    status, body = ajax(client, "get", url("name_check"), {"username": name})
    assert (status, body["data"], body["code"]) == (200, {"available": available}, code)
    assert bool(body["message"]) is not available


def test_the_live_check_says_nothing_about_e_mail_addresses(client, user):
    assert ajax(client, "get", url("name_check"), {"username": "lin@example.com"})[1]["code"] == "invalid"
    assert ajax(client, "get", url("name_check"), {"username": "nobody@example.com"})[1]["code"] == "invalid"


def test_the_live_check_is_throttled(client):
    for _ in range(30):
        assert ajax(client, "get", url("name_check"), {"username": "freshfan"})[0] == 200
    status, body = ajax(client, "get", url("name_check"), {"username": "freshfan"})
    assert (status, body["code"]) == (429, "throttled")
    assert 0 < body["data"]["retry_after"] <= 60


def test_registering_with_a_known_address_looks_exactly_like_registering_with_a_new_one(commit):
    make_user("owner", "known@example.com")
    pages, statements = [], []
    for name, email in (("firstname", "known@example.com"), ("secondname", "unknown@example.com")):
        client = Client()
        with commit():
            response = register(client, username=name, email=email)
        login = client.post(url("login"), {"username": name, "password": PASSWORD})
        check = ajax(client, "get", url("name_check"), {"username": name})
        sent = text(client.get(url("resend"))).replace(email, "…")
        pages.append((response.status_code, response.url, sent, text(login).replace(name, "…"), check))
        statements.append([message.subject for message in mail.outbox])
    assert pages[0] == pages[1]
    assert "activate" in pages[0][3]


def test_only_the_mail_tells_the_owner_of_an_address_that_there_is_an_account(client, commit):
    make_user("owner", "known@example.com")
    with commit():
        register(client, email="Known@Example.com")
    [message] = mail.outbox
    assert message.to == ["Known@example.com"]
    assert "already" in message.subject
    assert url("password_reset") in message.body
    assert "/activate/" not in message.body


def test_an_address_of_an_account_from_before_this_package_is_known_too(client, commit):
    make_foreign_user("oldtimer", "old@example.com")
    with commit():
        register(client, email="old@example.com")
    assert "already" in mail.outbox[0].subject


def test_nobody_reserves_an_address_by_registering_with_it(client, commit):
    with commit():
        register(client, username="squatter", email="lin@example.com")
    mail.outbox.clear()
    from django.core.cache import cache

    cache.clear()
    with commit():
        register(Client(), username="rightful")
    link = link_of(mail.outbox[0])
    assert "rightful" in text(client.get(link))
    assert client.post(link).status_code == 200
    assert account("rightful").is_active


def test_a_mailbox_is_not_flooded_through_the_registration(client):
    assert register(client).status_code == 302
    response = register(client, username="another")
    assert response.status_code == 429
    assert "try again in" in text(response).lower()


def test_strangers_who_register_with_an_address_delay_its_owners_mail_and_nothing_else(db):
    for number in range(7):
        register(Client(REMOTE_ADDR=f"10.0.0.{number}"), username=f"stranger{number}")
    assert register(Client(REMOTE_ADDR="10.0.1.1"), username="rightful").status_code == 302
    due = models.Mail.objects.get(user=account("rightful")).due_at
    assert timezone.now() < due <= timezone.now() + timedelta(hours=1)
    tasks.drain()
    assert [letter.to for letter in mail.outbox] == [["lin@example.com"]]  # the first of them


def test_registrations_from_one_address_are_limited(client):
    for _ in range(30):
        assert register(client, username="").status_code == 200
    assert register(client, username="").status_code == 429


def test_the_site_can_close_the_registration(client, settings):
    settings.DAILYFRESH_USERS = {**settings.DAILYFRESH_USERS, "REGISTRATION": False}
    assert client.get(url("register")).status_code == 404
    assert register(client).status_code == 404
    assert url("register") not in client.get(url("login")).content.decode()


def test_somebody_signed_in_needs_no_account(signed_in):
    assert signed_in.get(url("register")).url == url("profile")


def test_a_registration_is_announced_once(client):
    heard = []
    user_registered.connect(lambda user, **kwargs: heard.append(email_of(user)), weak=False, dispatch_uid="test")
    try:
        register(client)
    finally:
        user_registered.disconnect(dispatch_uid="test")
    assert heard == ["lin@example.com"]


def test_an_account_whose_registration_fails_half_way_is_not_kept():
    def fail(**kwargs):
        raise ZeroDivisionError

    user_registered.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            open_account(username="halfway", email="h@example.com", password=PASSWORD, origin="http://x")
    finally:
        user_registered.disconnect(fail)
    assert not name_is_taken("halfway")
    assert not models.Mail.objects.exists()


def test_the_agreement_links_what_the_site_named(client, settings):
    assert "terms of use" in text(client.get(url("register")))
    settings.DAILYFRESH_USERS = {"TERMS_URL": "private", "PRIVACY_URL": "/privacy/"}
    page = client.get(url("register")).content.decode()
    assert 'href="/members/only/"' in page
    assert 'href="/privacy/"' in page


def test_a_mail_that_the_server_refuses_is_called_delayed_until_one_goes_out(client, settings, commit):
    for name, value in smtp(1).items():  # nobody listens there
        setattr(settings, name, value)
    with commit():
        register(client)
    page = client.get(url("resend")).content.decode()
    assert "The mail server does not take our mails at the moment." in page
    assert "went to" not in page
    for name, value in mail_settings("locmem").items():
        setattr(settings, name, value)
    models.Mail.objects.update(due_at=timezone.now())
    tasks.drain()
    page = client.get(url("resend")).content.decode()
    assert "A mail with the activation link went to" in page
    assert "at the moment" not in page


CHECKOUT = "/members/only/?sku_id=1&sku_id=2"


def links_of(response):
    return [html.unescape(link) for link in re.findall(r'(?:href|action)="([^"]+)"', response.content.decode())]


def test_a_buyer_who_has_no_account_yet_comes_back_to_the_checkout(client, commit):
    page = client.get(CHECKOUT, follow=True)
    door = next(link for link in links_of(page) if link.startswith(url("register")))
    assert 'name="next" value="/members/only/?sku_id=1&amp;sku_id=2"' in client.get(door).content.decode()
    with commit():
        sent = register(client, next=CHECKOUT).url
    assert sent == f"{url('resend')}?{urlencode({'next': CHECKOUT})}"
    cache.clear()  # a minute later
    with commit():
        assert client.post(sent, {"email": "lin@example.com"}).url == sent
    elsewhere = Client()  # the mailbox is on the telephone
    activated = elsewhere.post(link_of(mail.outbox[-1]))
    way = next(link for link in links_of(activated) if link.startswith(url("login")))
    page = elsewhere.get(way)
    data = {"username": "linxiaohe", "password": PASSWORD, "next": page.context["next"]}
    assert elsewhere.post(url("login"), data).url == CHECKOUT


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "x" * 3000])
def test_registering_leads_to_no_other_site(client, commit, target):
    assert target not in client.get(url("register"), {"next": target}).content.decode()
    with commit():
        assert register(client, next=target).url == url("resend")
    activated = client.post(link_of(mail.outbox[-1]))
    assert [link for link in links_of(activated) if link.startswith(url("login"))] == [url("login")]


def test_a_way_back_too_long_to_keep_costs_nobody_the_account(client, commit):
    with commit():
        register(client, next="/members/only/?" + "sku_id=1&" * 500)
    assert url("login") in links_of(client.post(link_of(mail.outbox[-1])))


def test_somebody_signed_in_who_is_sent_to_register_goes_on(signed_in):
    assert signed_in.get(url("register"), {"next": CHECKOUT}).url == CHECKOUT
    assert signed_in.get(url("register"), {"next": "//evil.example"}).url == url("profile")
