"""The public door: a browser without JavaScript, a mailbox, and the services that a site has."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from dailyfresh_core.testing import service
from dailyfresh_core.testing.languages import english as english  # autouse
from dailyfresh_users import models
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

PASSWORD = "Cabbage-2026"
HAIDIAN = {"province": "11", "city": "1101", "district_code": "110108"}
ADDRESS = {
    "receiver": "林晓禾",
    "phone": "13800136021",
    **HAIDIAN,
    "street": "科育南路 2 号院 5 号楼",
    "postcode": "100190",
}


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def url(name: str, *args: object) -> str:
    return reverse(f"dailyfresh_users:{name}", args=args)


def make_user(username: str = "linxiaohe", email: str = "lin@example.com", **fields: Any) -> Any:
    """An account that was opened here and activated, on whatever user model the site has."""
    user = make_foreign_user(username, email, **fields)
    models.Registration.objects.create(user=user, email_key=email.lower() or None, activated_at=timezone.now())
    return user


def make_foreign_user(username: str, email: str, **fields: Any) -> Any:
    """An account that the site had before this package came."""
    model = get_user_model()
    user = model(**{model.USERNAME_FIELD: username, model.get_email_field_name(): email, **fields})
    user.set_password(PASSWORD)
    user.save()
    return user


def account(username: str) -> Any:
    return get_user_model().objects.get_by_natural_key(username)


@pytest.fixture
def user(db: None) -> Any:
    return make_user()


@pytest.fixture
def signed_in(client: Client, user: Any) -> Client:
    client.force_login(user)
    return client


def sign_in(user: Any, agent: str = "", **environment: str) -> Client:
    """A browser in which somebody typed their password."""
    client = Client(**environment)
    data = {"username": user.get_username(), "password": PASSWORD}
    assert client.post(url("login"), data, headers={"User-Agent": agent}).status_code == 302
    return client


def register(client: Client, **changes: str) -> Any:
    data = {
        "username": "linxiaohe",
        "email": "lin@example.com",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "agree": "on",
        **changes,
    }
    return client.post(url("register"), data)


def link_of(message: Any) -> str:
    """The path of the link in a mail."""
    return re.search(r"http://testserver(/\S+)", message.body)[1]


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Any:
    """What follows a commit, in a test whose transaction is never committed."""

    def committing() -> Any:
        return django_capture_on_commit_callbacks(execute=True)

    return committing


@pytest.fixture
def pending_link(client: Client, db: None, commit: Any) -> str:
    """The link in the mail of somebody who has just registered."""
    with commit():
        register(client)
    return link_of(mail.outbox[-1])


@pytest.fixture(scope="session")
def redis_url() -> str:
    return service("REDIS_URL")


@pytest.fixture(scope="session")
def server() -> str:
    return service("DATABASE_URL")


def ajax(client: Client, method: str, path: str, data: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    """Status and envelope of a request as jQuery sends it."""
    response = getattr(client, method)(path, data, headers={"X-Requested-With": "XMLHttpRequest", **headers})
    body = response.json()
    assert set(body) == {"ok", "code", "message", "data"}
    assert body["ok"] is (response.status_code < 400)
    return response.status_code, body


def text(response: Any) -> str:
    """What a reader of the page sees, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
