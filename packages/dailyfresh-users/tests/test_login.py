"""Signing in and out."""

import time
from unittest import mock
from uuid import uuid4

import pytest
from conftest import PASSWORD, ajax, make_foreign_user, make_user, sign_in, text, url
from dailyfresh_users import models
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def login(client, username="linxiaohe", password=PASSWORD, **more):
    return client.post(url("login"), {"username": username, "password": password, **more})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


@pytest.mark.parametrize(
    "identifier", ["linxiaohe", " linxiaohe ", "lin@example.com", "LIN@Example.com", "ｌｉｎｘｉａｏｈｅ"]
)
def test_people_sign_in_by_name_or_e_mail(client, user, identifier):
    assert login(client, identifier).url == url("profile")
    assert signed_in_as(client) == str(user.pk)


@pytest.mark.parametrize(
    ("identifier", "password"),
    [
        ("linxiaohe", "wrong"),
        ("linxiaohe", PASSWORD.lower()),
        ("linxiaohe", f" {PASSWORD}"),
        ("nobody", PASSWORD),
        ("nobody@example.com", PASSWORD),
        ("lin%", PASSWORD),
        ("lin@exampl_.com", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("@", PASSWORD),
        ("鲜" * 200, PASSWORD),
    ],
)
def test_a_wrong_pair_is_refused_with_one_and_the_same_sentence(client, user, identifier, password):
    response = login(client, identifier, password)
    assert response.status_code == 200
    assert "The name or the password is not right." in text(response)
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("username", ""), ("password", ""), ("username", "x" * 300), ("password", "x" * 5000), ("username", "a\x00b")],
)
def test_a_field_that_makes_no_sense_is_named(client, user, field, value):
    response = login(client, **{field: value})
    assert response.context["form"].errors[field]


def test_an_address_of_two_accounts_signs_in_neither(client):
    make_foreign_user("firstone", "shared@example.com")
    make_foreign_user("secondone", "Shared@example.com")
    assert "not right" in text(login(client, "shared@example.com"))
    assert login(client, "secondone").url == url("profile")


def test_a_stranger_who_registers_with_an_address_does_not_shut_its_owner_out(client, user):
    for number in range(3):
        stranger = make_foreign_user(f"stranger{number}", "lin@example.com", is_active=False)
        models.Registration.objects.create(user=stranger)
    login(client, "lin@example.com")
    assert signed_in_as(client) == str(user.pk)


def test_a_user_name_that_looks_like_an_address_goes_before_it(client, user):
    other = make_foreign_user("lin@example.com", "other@example.com")
    login(client, "lin@example.com")
    assert signed_in_as(client) == str(other.pk)


def test_a_disabled_account_hears_so_only_after_a_right_password(client):
    make_user("disabledone", "d@example.com", is_active=False)
    assert "disabled" in text(login(client, "disabledone"))
    assert "not right" in text(login(client, "disabledone", "wrong"))
    assert signed_in_as(client) is None


def test_a_wrong_password_costs_one_hash_whoever_is_named(client, user):
    make_user("disabledone", "d@example.com", is_active=False)
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher"
    counts = []
    for name in ("linxiaohe", "disabledone", "nobody"):
        with mock.patch(
            f"{hasher}.encode", autospec=True, side_effect=lambda self, password, salt: "md5$x$y"
        ) as encode:
            login(client, name, "wrong")
        counts.append(encode.call_count)
    assert counts == [1, 1, 1]


EVIL = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example",
    "/\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "https://testserver@evil.example/",
    "\thttps://evil.example",
    "https:///evil.example",
    "ftp://testserver/",
    "foo",
]


@pytest.mark.parametrize("target", EVIL)
def test_no_address_of_another_site_is_followed(client, user, target):
    page = client.get(url("login"), {"next": target})
    assert 'name="next"' not in page.content.decode()
    assert login(client, next=target).url == url("profile")
    client.logout()
    response = client.post(f"{url('login')}?next={target}", {"username": "linxiaohe", "password": PASSWORD})
    assert response.url == url("profile")
    assert client.post(url("logout"), {"next": target}).url == url("login")


def test_login_required_of_any_app_leads_here_and_back(client, user):
    response = client.get("/members/only/?page=2")
    assert response.url == f"{url('login')}?next=/members/only/%3Fpage%3D2"
    page = client.get(response.url)
    assert 'name="next" value="/members/only/?page=2"' in page.content.decode()
    assert login(client, next="/members/only/?page=2").url == "/members/only/?page=2"
    assert "hello" in text(client.get("/members/only/"))


def test_somebody_signed_in_is_told_so_and_never_sent_in_circles(signed_in):
    response = signed_in.get(url("login"), {"next": "/admin/"})
    assert response.status_code == 200
    assert "You are signed in as linxiaohe" in text(response)


def test_signing_in_as_somebody_else_leaves_nothing_of_the_first(signed_in, user):
    other = make_user("otherone", "other@example.com")
    session = signed_in.session
    session["basket"] = "of the first"
    session.save()
    login(signed_in, "otherone")
    assert signed_in_as(signed_in) == str(other.pk)
    assert "basket" not in signed_in.session


def test_the_session_key_is_renewed_and_a_guests_session_kept(client, user):
    session = client.session
    session["basket"] = "of the guest"
    session.save()
    before = client.session.session_key
    login(client)
    assert client.session.session_key != before
    assert client.session["basket"] == "of the guest"


def test_without_remember_me_the_session_ends_with_the_browser(client, user):
    login(client)
    assert client.cookies["sessionid"]["max-age"] == ""
    client.post(url("logout"))
    login(client, remember="on")
    assert client.cookies["sessionid"]["max-age"] == 14 * 24 * 60 * 60


def test_signing_out_takes_a_post(signed_in):
    page = signed_in.get(url("logout"))
    assert page.status_code == 200
    assert signed_in_as(signed_in)
    assert signed_in.post(url("logout"), {"next": "/members/only/"}).url == "/members/only/"
    assert signed_in_as(signed_in) is None
    assert Client(enforce_csrf_checks=True).post(url("logout")).status_code == 403


def test_the_login_form_is_protected_against_forgery(user):
    strict = Client(enforce_csrf_checks=True)
    assert login(strict).status_code == 403


def test_guessing_one_account_gets_slow_but_never_locked(client, user):
    for _ in range(5):
        assert login(client, password="wrong").status_code == 200
    assert login(client, password="wrong").status_code == 200  # opens the gate for a second
    held = login(client)
    assert held.status_code == 429
    assert "try again in 1 second" in text(held)
    time.sleep(1.05)
    assert login(client).status_code == 302


def test_a_stranger_who_tries_on_and_on_does_not_keep_the_owners_new_browser_out(client, user):
    for _ in range(12):
        login(Client(REMOTE_ADDR="10.0.0.1"), password="wrong")
    assert login(Client(REMOTE_ADDR="10.0.0.1")).status_code == 429
    assert login(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


def test_a_crowd_of_addresses_is_slowed_as_one_is(client, user):
    for number in range(101):
        assert login(Client(REMOTE_ADDR=f"10.0.0.{number}"), password="wrong").status_code == 200
    assert login(Client(REMOTE_ADDR="10.0.1.1"), password="wrong").status_code == 429


def test_name_and_address_of_one_account_are_slowed_together(client, user):
    for identifier in ("linxiaohe", "lin@example.com", "LIN@example.com") * 2:
        login(client, identifier, "wrong")
    assert login(client, "lin@example.com").status_code == 429


def test_a_name_that_nobody_has_is_slowed_the_same(client):
    for _ in range(6):
        assert login(client, "nobody").status_code == 200
    assert login(client, "nobody").status_code == 429


def test_strangers_do_not_slow_the_browser_that_signed_in_before(client, user):
    login(client)
    client.post(url("logout"))
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(8):
        login(stranger, password="wrong")
    assert login(stranger).status_code == 429
    assert login(client).status_code == 302


def test_an_address_that_guesses_does_not_shut_the_browser_out_that_signed_in_before(client, user):
    known = sign_in(user)
    known.post(url("logout"))
    stranger = Client()
    for n in range(31):
        answer = stranger.post(url("login"), {"username": f"nobody{n}", "password": "wrong"})
    assert answer.status_code == 429
    data = {"username": user.get_username(), "password": PASSWORD}
    assert stranger.post(url("login"), data).status_code == 429
    assert known.post(url("login"), data).status_code == 302


def test_a_known_browser_is_slowed_by_its_own_attempts(client, user):
    login(client)
    client.post(url("logout"))
    for _ in range(6):
        login(client, password="wrong")
    assert login(client).status_code == 429


@pytest.fixture
def guessed(user, settings):
    """An account that strangers guess at, so that they have to wait: a minute at once, for a busy machine takes seconds to sign in."""
    settings.DAILYFRESH_USERS = {**settings.DAILYFRESH_USERS, "LOGIN_FREE": -6}
    for number in range(2):
        response = login(Client(REMOTE_ADDR="203.0.113.9"), password=f"wrong{number}")
    assert response.status_code == 429
    return user


def test_a_forged_mark_of_a_known_browser_is_worth_nothing(client, guessed):
    client.cookies["dailyfresh_users_device"] = f"{guessed.pk}:abc"
    assert login(client).status_code == 429


def test_a_mark_of_another_account_is_worth_nothing(client, guessed):
    make_user("otherone", "other@example.com")
    login(client, "otherone")
    client.post(url("logout"))
    assert login(client).status_code == 429


def test_guessing_many_accounts_from_one_address_is_stopped(client, user):
    for number in range(30):
        assert login(client, f"nobody{number}").status_code == 200
    assert login(client).status_code == 429
    assert login(Client(REMOTE_ADDR="203.0.113.9")).status_code == 302


def test_signing_in_often_is_no_guessing(user):
    for _ in range(35):
        assert login(Client()).status_code == 302


def test_a_right_password_forgets_the_wrong_ones(client, user):
    for _ in range(3):
        for _ in range(4):
            login(client, password="wrong")
        assert login(client).status_code == 302
        client.post(url("logout"))


@pytest.mark.parametrize("typed", ["Linxiaohe", "LINXIAOHE", "ｌｉｎｘｉａｏｈｅ"])
def test_a_name_signs_in_in_any_case_as_it_is_taken_in_any_case(client, user, typed):
    assert login(client, typed).status_code == 302
    assert signed_in_as(client) == str(user.pk)


def test_names_that_differ_in_case_alone_sign_in_as_they_are_written(client, user):
    other = make_foreign_user("LinXiaohe", "other@example.com")
    assert login(client, "linXIAOHE").status_code == 200
    assert login(client, "LinXiaohe").status_code == 302
    assert signed_in_as(client) == str(other.pk)


def test_a_cache_that_is_down_does_not_close_the_shop(client, user, settings, caplog):
    settings.CACHES = {
        **settings.CACHES,
        "gone": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"},
    }
    settings.DAILYFRESH_USERS = {"THROTTLE_CACHE": "gone"}
    assert login(client, password="wrong").status_code == 200
    assert login(client).status_code == 302
    assert "'gone' does not answer" in caplog.text


def test_attempts_are_counted_in_redis(client, user, settings, redis_url):
    pytest.importorskip("django_redis", reason="without the extra redis")
    settings.CACHES = {
        **settings.CACHES,
        "attempts": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": redis_url, "KEY_PREFIX": uuid4().hex},
    }
    settings.DAILYFRESH_USERS = {"THROTTLE_CACHE": "attempts"}
    from django.core.cache import caches

    for _ in range(6):
        assert login(client, password="wrong").status_code == 200
    assert login(client).status_code == 429
    keys = caches["attempts"].keys("*")
    assert keys
    assert not any("lin" in key for key in keys)
    assert all(caches["attempts"].ttl(key) for key in keys)
    caches["attempts"].delete_pattern("*")


def test_the_visitor_answer_names_who_is_there(client, user):
    assert ajax(client, "get", url("visitor"))[1]["data"] == {"user": {"signed_in": False, "name": ""}}
    client.force_login(user)
    assert ajax(client, "get", url("visitor"))[1]["data"] == {"user": {"signed_in": True, "name": "linxiaohe"}}


def test_a_session_whose_account_is_gone_is_a_guest_everywhere(signed_in, user):
    get_user_model().objects.filter(pk=user.pk).delete()
    cache.clear()
    assert signed_in.get(url("login")).status_code == 200
    assert signed_in.get(url("profile")).status_code == 302
    assert ajax(signed_in, "get", url("visitor"))[1]["data"]["user"]["signed_in"] is False


def test_a_full_name_is_shown_the_way_its_people_write_it(client):
    if get_user_model()._meta.label == "minisite.Member":
        return
    for last, first, shown in (("林", "晓禾", "林晓禾"), ("Smith", "Ann", "Ann Smith"), ("", "Ann", "Ann")):
        user = make_foreign_user(f"user{shown}", "", last_name=last, first_name=first)
        client.force_login(user)
        assert ajax(client, "get", url("visitor"))[1]["data"]["user"]["name"] == shown


@pytest.mark.urls("minisite.guarded")
def test_guessing_at_the_admin_is_slowed_down_as_anywhere(client, user):
    page = client.get(reverse("admin:index"), follow=True)
    door = page.redirect_chain[-1][0]
    assert door.startswith(url("login"))
    assert client.post(reverse("admin:login"), {"username": "linxiaohe", "password": PASSWORD}).status_code == 405
    for number in range(6):
        client.post(door, {"username": "linxiaohe", "password": f"wrong{number}"})
    assert client.post(door, {"username": "linxiaohe", "password": PASSWORD}).status_code == 429


@pytest.mark.urls("minisite.guarded")
def test_staff_come_to_the_page_of_the_admin_that_they_wanted(client, db):
    make_user("merchant", "m@example.com", is_staff=True, is_superuser=True)
    wanted = reverse("admin:dailyfresh_users_mail_changelist")
    page = client.get(wanted, follow=True)
    data = {"username": "merchant", "password": PASSWORD, "next": page.context["next"]}
    assert client.post(url("login"), data).url == wanted
    assert client.get(reverse("admin:login"), {"next": wanted}).url == wanted


@pytest.mark.urls("minisite.guarded")
def test_a_customer_at_the_admin_is_told_why_not(signed_in):
    page = signed_in.get(reverse("admin:index"), follow=True)
    assert page.status_code == 200
    assert "is not one of the staff" in text(page)


@pytest.mark.urls("minisite.guarded")
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "mail"])
def test_the_login_of_the_admin_leads_nowhere_else(client, db, target):
    make_user("merchant", "m@example.com", is_staff=True, is_superuser=True)
    data = {"username": "merchant", "password": PASSWORD}
    page = client.get(reverse("admin:login"), {"next": target}, follow=True)
    assert page.context["next"] == reverse("admin:index")
    client.post(url("login"), data)
    assert client.get(reverse("admin:login"), {"next": target}).url == reverse("admin:index")
