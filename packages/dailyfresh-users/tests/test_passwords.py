"""Changing and resetting passwords."""

import time

import pytest
from conftest import PASSWORD, account, link_of, make_foreign_user, make_user, register, text, url
from dailyfresh_users import models
from django.core import mail
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db
NEW = "Spinach-2027"


def change(client, old=PASSWORD, first=NEW, second=NEW):
    return client.post(url("password_change"), {"old_password": old, "new_password1": first, "new_password2": second})


def ask(client, commit, email="lin@example.com"):
    with commit():
        return client.post(url("password_reset"), {"email": email})


@pytest.fixture
def reset_link(client, user, commit):
    ask(client, commit)
    return link_of(mail.outbox[-1])


@pytest.fixture
def later(monkeypatch):
    """Let seconds pass for what is counted, from the beginning of an hour."""
    now = [time.time() // 3600 * 3600]
    monkeypatch.setattr(time, "time", lambda: now[0])

    def pass_by(seconds):
        now[0] += seconds

    return pass_by


def set_new(client, link, first=NEW, second=NEW):
    page = client.get(link, follow=True)
    where = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(where, {"new_password1": first, "new_password2": second})


def test_a_new_password_keeps_this_browser_signed_in_and_ends_the_others(signed_in, user):
    other = Client()
    other.force_login(user)
    assert models.UserSession.objects.count() == 2
    assert change(signed_in).url == url("password_change_done")
    assert signed_in.get(url("password_change_done")).status_code == 200
    assert other.get(url("profile")).status_code == 302
    assert [row.session_key for row in models.UserSession.objects.all()] == [signed_in.session.session_key]
    assert account("linxiaohe").check_password(NEW)


@pytest.mark.parametrize(
    ("old", "first", "second", "field"),
    [
        ("wrong", NEW, NEW, "old_password"),
        ("", NEW, NEW, "old_password"),
        (PASSWORD, NEW, "other", "new_password2"),
        (PASSWORD, "short", "short", "new_password2"),
        (PASSWORD, "linxiaohe1", "linxiaohe1", "new_password2"),
        (PASSWORD, "", "", "new_password1"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused(signed_in, old, first, second, field):
    response = change(signed_in, old, first, second)
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert account("linxiaohe").check_password(PASSWORD)


def test_guessing_the_old_password_in_a_stolen_session_is_stopped(signed_in):
    for _ in range(10):
        assert change(signed_in, "wrong").status_code == 200
    assert change(signed_in).status_code == 429
    assert signed_in.post(url("erase"), {"password": PASSWORD}).status_code == 429


def test_the_link_of_the_mail_sets_a_new_password_and_signs_in_here_only(client, user, commit):
    other = Client()
    other.force_login(user)
    ask(client, commit)
    response = set_new(client, link_of(mail.outbox[-1]))
    assert response.url == url("password_reset_complete")
    assert client.get(response.url).url == url("profile")
    assert "Your new password is saved" in text(client.get(url("profile")))
    assert other.get(url("profile")).status_code == 302
    assert account("linxiaohe").check_password(NEW)
    assert models.UserSession.objects.get().session_key == client.session.session_key


def test_the_link_stands_no_longer_in_the_address_once_it_was_opened(client, reset_link):
    response = client.get(reset_link)
    assert response.url.endswith("/set-password/")


def test_the_link_works_once(client, reset_link):
    set_new(client, reset_link)
    response = Client().get(reset_link, follow=True)
    assert "no longer valid" in text(response)


@pytest.mark.parametrize("what", ["disabled", "password", "expired", "forged", "removed"])
def test_a_link_that_is_no_good_any_more_changes_nothing(client, user, reset_link, what, settings):
    if what == "disabled":
        user.is_active = False
        user.save()
    elif what == "password":
        user.set_password("Another-2026")
        user.save()
    elif what == "expired":
        settings.PASSWORD_RESET_TIMEOUT = -1
    elif what == "forged":
        reset_link = reset_link[:-3] + "xx/"
    else:
        user.delete()
    response = client.get(reset_link, follow=True)
    assert "no longer valid" in text(response)
    assert set_new(client, reset_link).status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("path", ["x/y", "!!!/set-password", "MQ/set-password", "鲜/x"])
def test_garbage_for_a_link_is_no_link(client, user, path):
    assert "no longer valid" in text(client.get(f"{url('password_reset')}{path}/"))


def test_an_account_disabled_after_the_link_was_opened_gets_no_new_password(client, user, reset_link):
    where = client.get(reset_link).url
    user.is_active = False
    user.save()
    client.post(where, {"new_password1": NEW, "new_password2": NEW})
    assert account("linxiaohe").check_password(PASSWORD)


def test_a_new_password_through_the_link_obeys_the_rules(client, reset_link):
    response = set_new(client, reset_link, "short", "short")
    assert response.context["form"].errors["new_password2"]
    assert account("linxiaohe").check_password(PASSWORD)


def test_asking_says_nothing_about_an_address(client, user, commit):
    known = ask(client, commit)
    unknown = ask(client, commit, "nobody@example.com")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert len(mail.outbox) == 1


def test_asking_is_limited_for_a_mailbox_and_for_a_visitor(client, user, commit):
    assert ask(client, commit).status_code == 302
    assert ask(client, commit, "LIN@example.com").status_code == 429
    for number in range(18):
        assert ask(client, commit, f"n{number}@example.com").status_code == 302
    assert ask(client, commit, "one-more@example.com").status_code == 429


def test_a_stranger_who_asks_for_other_mails_keeps_no_owner_waiting_for_a_reset(user, commit, later):
    for number in range(8):
        register(Client(REMOTE_ADDR="203.0.113.9"), username=f"stranger{number}")
        Client(REMOTE_ADDR="203.0.113.9").post(url("resend"), {"email": "lin@example.com"})
        later(61)
    mail.outbox.clear()
    assert ask(Client(), commit).status_code == 302
    assert "password/reset" in link_of(mail.outbox[0])


def test_a_mailbox_gets_five_reset_mails_an_hour_and_nobody_can_tell_when_they_end(user, commit, later):
    for number in range(7):
        assert ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), commit).status_code == 302
        later(61)
    assert len(mail.outbox) == 5
    assert set_new(Client(), link_of(mail.outbox[-1])).url == url("password_reset_complete")


def test_asking_in_vain_takes_nothing_from_who_has_the_address_afterwards(commit, later, db):
    for number in range(7):
        ask(Client(REMOTE_ADDR=f"203.0.113.{number}"), commit)
        later(61)
    make_user()
    assert ask(Client(), commit).status_code == 302
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("email", ["", "garbage", "a@b", "x" * 300])
def test_asking_needs_an_address(client, email, commit):
    assert ask(client, commit, email).context["form"].errors["email"]


def test_every_account_of_an_address_gets_its_own_link(client, commit):
    make_foreign_user("firstone", "shared@example.com")
    make_foreign_user("secondone", "shared@example.com")
    ask(client, commit, "shared@example.com")
    assert sorted(name in message.body for message in mail.outbox for name in ("firstone", "secondone")) == [
        False,
        False,
        True,
        True,
    ]
    links = [link_of(message) for message in mail.outbox]
    assert len(set(links)) == 2


def test_pending_disabled_and_passwordless_accounts_get_no_link(client, commit):
    pending = make_foreign_user("pendingone", "p@example.com", is_active=False)
    models.Registration.objects.create(user=pending)
    make_user("disabledone", "d@example.com", is_active=False)
    passwordless = make_user("ssoonly", "s@example.com")
    passwordless.set_unusable_password()
    passwordless.save()
    for email in ("p@example.com", "d@example.com", "s@example.com"):
        ask(client, commit, email)
    assert mail.outbox == []


def test_a_new_password_opens_an_account_that_guessing_slowed(client, user, reset_link):
    for _ in range(7):
        stranger = client.post(url("login"), {"username": "linxiaohe", "password": "wrong"})
    assert stranger.status_code == 429
    set_new(Client(), reset_link)
    assert client.post(url("login"), {"username": "linxiaohe", "password": NEW}).status_code == 302


def test_resetting_while_signed_in_as_somebody_else_switches_the_account(client, user, reset_link):
    other = make_user("otherone", "other@example.com")
    client.force_login(other)
    set_new(client, reset_link)
    assert client.session["_auth_user_id"] == str(user.pk)
    cache.clear()


def test_a_site_with_several_backends_can_reset(client, user, reset_link, settings):
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.RemoteUserBackend",
        "django.contrib.auth.backends.ModelBackend",
    ]
    set_new(client, reset_link)
    assert client.session["_auth_user_id"] == str(user.pk)


def test_whoever_forgot_the_password_on_the_way_to_a_page_arrives_there(client, user, commit):
    way = "/members/only/?page=2"
    page = client.get(url("login"), {"next": way}).content.decode()
    asks = f"{url('password_reset')}?next=/members/only/%3Fpage%3D2"
    assert f'href="{asks}"' in page
    assert 'name="next" value="/members/only/?page=2"' in client.get(asks).content.decode()
    with commit():
        client.post(url("password_reset"), {"email": "lin@example.com", "next": way})

    other = Client()
    done = set_new(other, link_of(mail.outbox[-1]))

    assert other.get(done.url).url == way


def test_a_link_that_was_tampered_with_leads_on_to_no_other_site(client, user, reset_link):
    done = set_new(client, f"{reset_link}?next=https://evil.example/")

    assert client.get(done.url).url == url("profile")
