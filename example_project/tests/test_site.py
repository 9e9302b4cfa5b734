"""The composed site through its own door: pages, headers, languages, and what one package tells another."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from celery_tasks.tasks import LONG, app
from dailyfresh_cart.basket import Basket
from dailyfresh_cart.selectors import quantities_of
from dailyfresh_cart.stores.base import Owner
from dailyfresh_goods.models import SKU, StalePage
from dailyfresh_goods.selectors import history_of
from dailyfresh_goods.tasks import heal_bands
from dailyfresh_orders.signals import review_published, stock_changed
from dailyfresh_users.models import Erasure
from dailyfresh_users.tasks import drain
from demo.accounts import PASSWORD
from django.contrib import admin
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.management import call_command
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django_redis import get_redis_connection

pytestmark = pytest.mark.django_db
PROJECT = Path(__file__).resolve().parent.parent

PUBLIC = ["/", "/list/fruit/", "/list/fruit/price/1/", "/search/?q=草莓", "/user/login/", "/user/register/", "/cart/"]
PUBLIC += ["/about/", "/terms/", "/privacy/", "/kit/", "/demo/mails/"]
PRIVATE = ["/user/", "/user/addresses/", "/user/security/", "/orders/"]


def test_checks_find_nothing_to_complain_about(settings: Any) -> None:
    settings.DAILYFRESH = {**settings.DAILYFRESH, "TASKS": "celery"}

    call_command("check", fail_level="INFO")


def test_a_real_site_is_told_of_nothing_before_it_opens(tmp_path: Path) -> None:
    real = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SITE_URL": "https://shop.example",
        "ALLOWED_HOSTS": "shop.example",
        "TRUSTED_PROXIES": "10.0.0.0/8",
        "EMAIL_URL": "smtp+tls://shop:word@mail.example:587",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--database", "default", "--fail-level", "WARNING"]

    outcome = subprocess.run(command, cwd=PROJECT, env=os.environ | real, capture_output=True, text=True, check=False)

    told = set(re.findall(r"\(([\w.]+\.[CEIW]\d{3})\)", outcome.stdout + outcome.stderr))
    assert "(2 silenced)" in outcome.stdout + outcome.stderr
    assert told <= {"dailyfresh_core.W003"}  # this host's Python


@pytest.mark.parametrize("path", ["/cart/", "/nowhere/", "/media/x"])
def test_a_form_that_is_refused_is_read_to_its_end(path: str) -> None:
    refusing = Client(enforce_csrf_checks=True)

    answer = refusing.generic("POST", path, b"a" * 3 * 2**20, "application/x-www-form-urlencoded")

    assert answer.status_code in (403, 404, 405)
    assert answer.wsgi_request.read(1) == b""


def test_plain_requests_go_to_https_where_the_site_has_it(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    assert client.get("/about/").headers["Location"] == "https://testserver/about/"
    assert client.get("/about/", headers={"X-Forwarded-Proto": "https"}).status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("url", "believed"), [("http://shop.example", "None"), ("https://shop.example", "https")])
def test_a_proxys_word_for_https_counts_only_where_the_site_has_it(tmp_path: Path, url: str, believed: str) -> None:
    script = "from django.conf import settings as s; print(s.SECURE_PROXY_SSL_HEADER and s.SECURE_PROXY_SSL_HEADER[1])"
    real = {"DJANGO_SETTINGS_MODULE": "config.settings.base", "VAR_DIR": str(tmp_path), "SITE_URL": url}

    said = subprocess.check_output([sys.executable, "-c", script], cwd=PROJECT, env=os.environ | real, text=True)

    assert said.strip() == believed


def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_opens_for_everybody(client: Client, path: str, prefix: str) -> None:
    response = client.get(prefix + path)

    assert response.status_code == 200
    html = response.content.decode()
    assert f'lang="{"en" if prefix else "zh-hans"}"' in html
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html), "inline style or handler"
    assert not re.search(r"<script(?![^>]*\b(src|type=.application/ld\+json))", html), "inline script"


@pytest.mark.parametrize("path", PRIVATE)
def test_a_private_page_asks_to_sign_in_and_opens_then(client: Client, buyer: Any, path: str) -> None:
    assert client.get(path).headers["Location"] == f"/user/login/?next={path}"

    client.force_login(buyer)

    assert client.get(path).status_code == 200


def test_every_page_carries_the_strict_policy(client: Client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", "/list/fruit/", "/goods/1/"])
def test_pages_that_are_found_by_searching_describe_themselves(client: Client, path: str) -> None:
    html = client.get(path).content.decode()

    assert len(re.findall(r'<meta name="description" content="([^"]{8,})">', html)) == 1


@pytest.mark.parametrize("path", ["/", "/list/fruit/", "/about/"])
def test_pages_that_are_the_same_for_everybody_set_no_cookie(client: Client, path: str) -> None:
    response = client.get(path)

    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_a_first_cookie_brings_the_marker_that_scripts_can_read(client: Client) -> None:
    response = client.get("/visitor/")

    assert response.cookies["df-visitor"].value == "1"
    assert not response.cookies["df-visitor"]["httponly"]
    assert response.cookies["csrftoken"]["httponly"]


def test_one_request_answers_all_that_belongs_to_a_visitor(signed_in: Client, buyer: Any, strawberry: SKU) -> None:
    Basket().add(buyer, {str(strawberry.pk): 2})

    answer = signed_in.get("/visitor/", {"viewed": strawberry.pk}, headers={"Sec-Fetch-Site": "same-origin"}).json()

    assert answer["ok"]
    assert answer["data"]["user"]["signed_in"]
    assert answer["data"]["cart"]["count"] == 1
    assert answer["data"]["cart"]["lines"] == {str(strawberry.pk): 2}
    assert len(answer["data"]["csrf"]) > 30
    assert [card["sku_id"] for card in signed_in.get("/visitor/").json()["data"]["history"]] == [str(strawberry.pk)]


def test_what_a_guest_viewed_is_known_after_signing_in(client: Client, buyer: Any, strawberry: SKU) -> None:
    client.get("/visitor/", {"viewed": strawberry.pk}, headers={"Sec-Fetch-Site": "same-origin"})

    client.post("/user/login/", {"username": buyer.username, "password": "dailyfresh-2026"})

    assert [card["sku_id"] for card in client.get("/visitor/").json()["data"]["history"]] == [str(strawberry.pk)]


def test_a_page_that_is_not_there_says_so_in_the_shops_look(client: Client) -> None:
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "这个页面飞走了" in response.content.decode()


def test_a_form_without_its_token_is_refused_in_the_shops_look() -> None:
    response = Client(enforce_csrf_checks=True).post("/user/login/", {})

    assert response.status_code == 403
    assert "表单已过期" in response.content.decode()


def test_a_form_that_is_not_utf8_is_refused(client: Client) -> None:
    form = "application/x-www-form-urlencoded; charset=utf-16"

    assert client.post("/cart/add/", b"sku_id=1", content_type=form).status_code == 400


def test_what_is_wrong_looks_wrong_in_the_admin_too(client: Client, merchant: Any) -> None:
    client.force_login(merchant)
    page = client.post(reverse("admin:dailyfresh_delivery_calendar"), {"do": "close"}, follow=True).content.decode()
    assert re.search(r'<li class="[^"]*\berror\b', page)


def test_language_links_lead_to_the_same_page(client: Client) -> None:
    assert 'href="/en/list/fruit/"' in client.get("/list/fruit/").content.decode()
    assert 'href="/list/fruit/"' in client.get("/en/list/fruit/").content.decode()


def test_beat_calls_every_task_that_drains() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.startswith(("dailyfresh_", "store."))}
    # Woken by a change; what they leave is in `drain_payments`, `drain`, `draw_pictures` and `draw_all_pictures`, which beat calls.
    woken = {f"dailyfresh_orders.tasks.drain_{what}" for what in ("refunds", "cancellations", "pictures", "messages")}
    woken.add("dailyfresh_goods.tasks.draw_new_pictures")

    assert scheduled <= ours
    assert ours - scheduled <= woken


def test_a_mail_never_stands_behind_a_picture() -> None:
    app.loader.import_default_modules()
    queues = {
        name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks if name.startswith("dailyfresh_")
    }

    assert {name for name, queue in queues.items() if queue == "background"} == set(LONG)
    assert queues["dailyfresh_users.tasks.drain"] == queues["dailyfresh_orders.tasks.drain"] == "celery"
    drawing = {name for name in queues if "picture" in name}
    assert len(drawing) == 6
    assert {queues[name] for name in drawing} == {"background"}
    assert set(app.amqp.queues.consume_from) == {"celery", "background"}  # of a worker that is told of none


def test_a_shop_that_is_looked_at_drains_often_and_scans_no_more_often() -> None:
    script = (
        "import django; django.setup(); from celery_tasks.tasks import app;"
        "print(*sorted(name for name, entry in app.conf.beat_schedule.items() if entry['schedule'] == 5.0))"
    )
    often = os.environ | {"DRAIN_SECONDS": "5"}

    said = subprocess.check_output([sys.executable, "-c", script], cwd=PROJECT, env=often, text=True).split()

    assert {"dailyfresh_users.drain", "dailyfresh_orders.drain", "dailyfresh_goods.drain_pages"} <= set(said)
    assert "dailyfresh_goods.heal_bands" not in said


def test_a_review_marks_the_pages_of_its_goods(strawberry: SKU) -> None:
    StalePage.objects.all().delete()

    review_published.send(sender=None, sku_id=str(strawberry.pk))

    assert StalePage.objects.filter(key__contains=str(strawberry.pk)).exists()


def test_stock_that_sells_out_shows_on_its_pages(strawberry: SKU, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        stock_changed.send(sender=None, sku_ids=[str(strawberry.pk)])
        QuerySet(SKU).filter(pk=strawberry.pk).update(stock=0)

    strawberry.refresh_from_db()
    assert strawberry.band == 0


def test_a_band_that_nobody_marked_is_healed_by_beat(strawberry: SKU) -> None:
    QuerySet(SKU).filter(pk=strawberry.pk).update(stock=0)  # as a process that dies right after its commit

    heal_bands()

    strawberry.refresh_from_db()
    assert strawberry.band == 0


@pytest.fixture
def leaver(signed_in: Client, buyer: Any, strawberry: SKU) -> Any:
    """The buyer with two packs in the cart and one SKU in the history."""
    Basket().add(buyer, {str(strawberry.pk): 2})
    signed_in.get("/visitor/", {"viewed": strawberry.pk}, headers={"Sec-Fetch-Site": "same-origin"})
    return buyer


def erase(client: Client) -> Any:
    return client.post("/user/erase/", {"password": PASSWORD})


def test_a_person_who_leaves_takes_cart_and_history_along(
    signed_in: Client, leaver: Any, strawberry: SKU, django_capture_on_commit_callbacks: Any
) -> None:
    user_id = str(leaver.pk)
    with django_capture_on_commit_callbacks() as callbacks:
        assert erase(signed_in).status_code == 200
    assert quantities_of(Owner(f"u:{user_id}")) == {str(strawberry.pk): 2}, "gone although nothing is committed"
    assert callbacks

    drain()  # as beat does after a process that died right after its commit

    assert quantities_of(Owner(f"u:{user_id}")) == {}
    assert history_of(user_id) == []
    assert not Erasure.objects.exists()


def test_a_redis_that_is_down_keeps_nobody_from_leaving(
    signed_in: Client, leaver: Any, strawberry: SKU, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_id, buyers = str(leaver.pk), type(leaver).objects.filter(pk=leaver.pk)
    with monkeypatch.context() as down:
        down.setattr("redis.connection.Connection.connect", lambda self: (_ for _ in ()).throw(ConnectionError()))
        get_redis_connection("default").connection_pool.disconnect()
        assert erase(signed_in).status_code == 200
        drain()
    assert not buyers.exists()
    assert history_of(user_id) == [str(strawberry.pk)]

    drain()

    assert history_of(user_id) == []
    assert quantities_of(Owner(f"u:{user_id}")) == {}


def test_a_persons_data_holds_the_cart_the_goods_viewed_and_the_orders(
    signed_in: Client, leaver: Any, strawberry: SKU
) -> None:
    data = signed_in.get("/user/export/").json()

    assert [(line["name"], line["quantity"]) for line in data["cart"]] == [(strawberry.name, 2)]
    assert data["viewed"] == [{"sku_id": str(strawberry.pk), "name": strawberry.name}]
    assert data["orders"] == []


def test_a_redis_that_is_down_gives_no_export_that_leaves_something_out(
    signed_in: Client, leaver: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as down:
        down.setattr("redis.connection.Connection.connect", lambda self: (_ for _ in ()).throw(ConnectionError()))
        get_redis_connection("default").connection_pool.disconnect()
        answer = signed_in.get("/user/export/")
    assert answer.status_code == 503
    assert "您的部分数据暂时无法读取" in answer.content.decode()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_staff_sign_in_at_the_door_that_slows_guessing_down(client: Client, merchant: Any, prefix: str) -> None:
    assert client.post(f"{prefix}/admin/login/", {"username": "merchant", "password": PASSWORD}).status_code == 405
    assert (
        client.get(f"{prefix}/admin/", follow=True).redirect_chain[-1][0]
        == f"{prefix}/user/login/?next={prefix}/admin/"
    )
    client.force_login(merchant)
    assert client.get(f"{prefix}/admin/").status_code == 200
    assert client.get(f"{prefix}/admin/password_change/").headers["Location"] == f"{prefix}/user/password/"


@pytest.mark.parametrize(
    "model", [model for model in admin.site._registry if model._meta.app_label.startswith("dailyfresh")]
)
def test_the_merchant_opens_every_list_of_the_admin(client: Client, merchant: Any, model: Any) -> None:
    client.force_login(merchant)

    assert client.get(reverse(admin_urlname(model._meta, "changelist"))).status_code == 200


def test_the_merchant_opens_the_dashboard(client: Client, merchant: Any) -> None:
    client.force_login(merchant)

    assert client.get("/admin/dailyfresh_orders/order/dashboard/").status_code == 200


def test_search_engines_find_the_goods_of_each_language_whatever_host_they_came_by(
    client: Client, strawberry: SKU, settings: Any
) -> None:
    site = settings.SITE_URL
    robots = client.get("/robots.txt").content.decode()
    maps = re.findall(rf"^Sitemap: {site}(\S+)$", robots, re.MULTILINE)
    assert len(maps) == 2
    found = []
    for index in maps:
        parts = re.findall(rf"<loc>{site}(\S+?)</loc>", client.get(index).content.decode())
        found += [url for part in parts for url in re.findall(r"<loc>(\S+?)</loc>", client.get(part).content.decode())]
    for path in ("/", "/en/", "/list/fruit/", "/en/list/fruit/", strawberry.get_absolute_url()):
        assert f"{site}{path}" in found
    assert all(client.get(url.removeprefix(site)).status_code == 200 for url in found[::20])


def test_the_merchant_lets_somebody_go_who_is_held_back(
    client: Client, merchant: Any, buyer: Any, settings: Any
) -> None:
    settings.DAILYFRESH = {**settings.DAILYFRESH, "ALLOWANCES": {"search": (1, 600)}}
    assert [client.get("/search/?q=莓").status_code for _ in range(2)] == [200, 429]
    assert client.get("/search/").status_code == 200
    client.force_login(buyer)
    assert client.get("/admin/held-back/").status_code == 302
    client.force_login(merchant)
    page = client.get("/admin/held-back/").content.decode()
    assert "127.0.0.1" in page
    assert "<td>搜索</td>" in page
    assert "/admin/held-back/" in client.get("/admin/").content.decode()
    client.post("/admin/held-back/", {"name": "search", "subject": "127.0.0.1", "free": "1"})
    client.logout()
    assert client.get("/search/?q=莓").status_code == 200
