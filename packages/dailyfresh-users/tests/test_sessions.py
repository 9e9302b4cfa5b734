"""Where an account is signed in."""

import time
from datetime import timedelta

import pytest
from conftest import make_user, sign_in, text, url
from dailyfresh_users import tasks
from dailyfresh_users.models import UserSession
from dailyfresh_users.services.sessions import MARK
from django.test import Client
from django.utils import timezone

pytestmark = pytest.mark.django_db
ENGINES = ["db", "cache", "cached_db", "file"]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1"


def test_the_security_page_lists_every_browser(user):
    sign_in(user, PHONE, REMOTE_ADDR="203.0.113.24")
    here = sign_in(user)
    page = text(here.get(url("security")))
    assert "Safari · iPhone" in page
    assert "203.0.113.24" in page
    assert "This one" in page
    assert UserSession.objects.count() == 2


@pytest.mark.parametrize("engine", ENGINES)
def test_signing_out_everywhere_ends_every_other_session(settings, engine, tmp_path):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    settings.SESSION_FILE_PATH = str(tmp_path)
    user, other = make_user(), make_user("otherone", "other@example.com")
    here, there, stranger = sign_in(user), sign_in(user), sign_in(other)
    assert here.post(url("sign_out_everywhere")).url == url("security")
    assert here.get(url("profile")).status_code == 200
    assert there.get(url("profile")).status_code == 302
    assert stranger.get(url("profile")).status_code == 200


def test_one_browser_is_signed_out_from_afar(user):
    here, there, third = (sign_in(user) for _ in range(3))
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(url("session_end", row.pk))
    assert there.get(url("profile")).status_code == 302
    assert third.get(url("profile")).status_code == 200


def test_somebody_elses_session_is_not_there(user):
    here = sign_in(user)
    other = sign_in(make_user("otherone", "other@example.com"))
    row = UserSession.objects.get(session_key=other.session.session_key)
    assert here.post(url("session_end", row.pk)).status_code == 404
    assert other.get(url("profile")).status_code == 200
    for name, args in (("session_end", [row.pk]), ("sign_out_everywhere", [])):
        assert here.get(url(name, *args)).status_code == 405


def test_signing_out_drops_the_note(user):
    client = sign_in(user)
    client.post(url("logout"))
    assert not UserSession.objects.exists()


def test_a_sign_in_on_another_login_page_is_noted_too(user):
    user.is_staff = user.is_superuser = True
    user.save()
    client = Client()
    client.post("/admin/login/", {"username": "linxiaohe", "password": "Cabbage-2026", "next": "/admin/"})
    assert UserSession.objects.get().session_key == client.session.session_key


def test_a_browser_with_a_nul_in_its_name_signs_in(user):
    sign_in(user, agent="Fire\x00fox")
    assert UserSession.objects.get().agent == "Firefox"


def test_the_note_follows_a_renewed_key(user):
    client = sign_in(user)
    session = client.session
    session.cycle_key()
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert client.get(url("profile")).status_code == 200
    assert [row.session_key for row in UserSession.objects.all()] == [session.session_key]


def test_a_session_from_before_this_package_is_noted_when_it_is_seen(user):
    client = sign_in(user)
    UserSession.objects.all().delete()
    session = client.session
    for key in [key for key in list(session.keys()) if key.startswith("_dailyfresh")]:
        del session[key]
    session.save()
    client.get(url("profile"))
    assert UserSession.objects.get().session_key == client.session.session_key


def test_a_session_is_noted_again_only_after_a_while(user, django_assert_num_queries):
    client = sign_in(user)
    client.get("/members/only/")
    with django_assert_num_queries(4):  # session, account, and the two of ATOMIC_REQUESTS
        client.get("/members/only/")
    UserSession.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    session = client.session
    session[MARK] = [*session[MARK][:2], int(time.time()) - 3600]
    session.save()
    client.get("/members/only/")
    assert UserSession.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


def test_visitors_get_no_session_and_no_note(client):
    client.get(url("login"))
    assert not UserSession.objects.exists()


def test_without_the_middleware_sign_ins_are_noted_still(user, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "dailyfresh" not in name]
    here, there = sign_in(user), sign_in(user)
    here.get(url("security"))
    here.post(url("sign_out_everywhere"))
    assert there.get(url("profile")).status_code == 302


def test_sessions_in_signed_cookies_do_no_harm(user, settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    client = sign_in(user)
    assert client.get(url("security")).status_code == 200
    assert client.post(url("sign_out_everywhere")).status_code == 302
    assert not UserSession.objects.exists()


def test_an_account_signed_in_without_a_request_does_no_harm(user):
    from django.contrib.auth.signals import user_logged_in, user_logged_out

    user_logged_in.send(sender=type(user), request=None, user=user)
    user_logged_out.send(sender=type(user), request=None, user=user)


def test_notes_of_sessions_that_are_over_are_hidden_and_removed(user):
    client = sign_in(user)
    row = UserSession.objects.create(
        user=user, session_key="old", agent="Lynx", expires_at=timezone.now() - timedelta(days=1)
    )
    assert "Lynx" not in text(client.get(url("security")))
    assert client.post(url("session_end", row.pk)).status_code == 404
    tasks.tidy()
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat · Android"),
        ("curl/8.0", "curl"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("", "—"),
        ("x" * 5000, "x" * 40),
    ],
)
def test_a_browser_is_called_by_its_name(user, agent, shown):
    response = sign_in(user, agent).get(url("security"))
    assert f" {shown} " in text(response)
    assert "<script>alert" not in response.content.decode()
