"""Whose request it is, seen through the site's own proxies."""

import pytest
from conftest import make_user, url
from dailyfresh_users.models import UserSession
from django.test import Client


@pytest.mark.django_db
def test_the_session_list_shows_the_address_behind_the_proxy(settings):
    settings.DAILYFRESH_USERS = {"TRUSTED_PROXIES": ["127.0.0.1"]}
    client = Client(headers={"x-forwarded-for": "203.0.113.24"})
    client.post(url("login"), {"username": "linxiaohe", "password": "Cabbage-2026"} if make_user() else {})
    assert UserSession.objects.get().address == "203.0.113.24"


@pytest.mark.django_db
def test_an_inventive_header_gets_nobody_around_the_throttle(client):
    make_user()
    for number in range(31):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        response = client.post(url("login"), {"username": f"nobody{number}", "password": "x"}, headers=headers)
    assert response.status_code == 429
