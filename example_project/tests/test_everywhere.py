"""What every page has, whatever it is about: words for machines that show it elsewhere, and something to say when it fails."""

import json
import re
from html import unescape
from typing import Any

import pytest
from dailyfresh_goods.models import SKU
from django.contrib.staticfiles import finders
from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["/", "/list/fruit/", "/list/fruit/price/2/", "/search/?q=草莓", "/user/login/", "/user/register/", "/cart/"]
PAGES += ["/about/", "/terms/", "/privacy/", "/nothing/here/", "/offline/"]
OWN = ["/user/", "/user/addresses/", "/user/security/", "/orders/", "/orders/reviews/", "/orders/confirm/?buy=1:1"]


def said(page: str) -> dict[str, str]:
    """Title, description and og: of a page."""
    found = dict(re.findall(r'<meta (?:name|property)="(description|og:\w+)" content="([^"]*)"', page))
    titles = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    assert len(titles) == 1
    assert page.count('name="description"') == 1
    return {"title": unescape(titles[0]).strip(), **found}


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_and_a_description_of_its_own_language(client: Client, path: str, language: str) -> None:
    words = said(client.get(language + path).content.decode())
    assert words["title"]
    assert len(words["description"]) > 8
    if "offline" not in path:
        assert words["og:title"]
        assert words["og:description"] == words["description"]
        assert words["og:site_name"] == ("Daily Fresh" if language else "天天生鲜")


@pytest.mark.parametrize("path", OWN)
def test_a_buyers_own_pages_have_them_too(client: Client, buyer: Any, path: str) -> None:
    client.force_login(buyer)
    words = said(client.get(path).content.decode())
    assert words["title"]
    assert words["title"] in unescape(words["description"])


def test_a_page_of_goods_is_shown_with_its_picture(client: Client, strawberry: Any) -> None:
    words = said(client.get(strawberry.get_absolute_url()).content.decode())
    assert words["og:image"].startswith("http")
    assert words["og:type"] == "product"
    assert words["og:url"].endswith(strawberry.get_absolute_url())


def test_what_a_visitor_types_is_no_markup_there(client: Client) -> None:
    page = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page
    assert said(page)["title"]


def test_the_same_menu_stands_on_every_page_of_the_user_centre(client: Client, buyer: Any) -> None:
    client.force_login(buyer)
    for path in (
        "/user/",
        "/user/addresses/",
        "/user/security/",
        "/orders/",
        "/orders/reviews/",
        "/orders/messages/",
        "/usuals/",
    ):
        page = client.get(path).content.decode()
        menu = re.search(r'<nav class="df-panel df-umenu".*?</nav>', page, re.DOTALL)
        assert menu, path
        assert re.findall(r'href="([^"]+)" aria-current="page"', menu[0]) == [path]


def test_an_address_that_only_takes_a_form_says_so(client: Client) -> None:
    answer = client.get("/orders/place/")
    assert answer.status_code == 405
    assert "这里没有页面" in answer.content.decode()
    script = client.get("/orders/place/", headers={"X-Requested-With": "XMLHttpRequest"})
    assert (script.status_code, script.content) == (405, b"")


def test_the_shop_can_be_kept_among_a_telephones_programs(client: Client) -> None:
    about = client.get("/en/manifest.webmanifest").json()
    assert (about["name"], about["start_url"], about["display"]) == ("Daily Fresh", "/en/", "standalone")
    assert {icon["sizes"] for icon in about["icons"]} == {"192x192", "512x512"}
    for icon in about["icons"]:
        assert finders.find(re.sub(r"^/static/|\.[0-9a-f]{12}(?=\.png$)", "", icon["src"]))


def test_the_page_for_no_network_is_kept_in_every_language_and_belongs_to_nobody(client: Client) -> None:
    worker = client.get("/sw.js")
    assert worker["Content-Type"] == "text/javascript"
    kept = json.loads(re.search(r"kept = (\{.*\});", worker.content.decode())[1])
    assert kept["pages"] == {"/": "/offline/", "/en/": "/en/offline/"}
    for path in kept["pages"].values():
        page = client.get(path)
        assert page.status_code == 200
        assert not page.cookies
        assert "csrfmiddlewaretoken" not in page.content.decode()


def test_what_is_ordered_often_stands_on_home_cart_and_a_page(client: Client, buyer: Any, strawberry: Any) -> None:
    assert client.get("/usuals/").status_code == 302
    client.force_login(buyer)
    assert "还没有" in client.get("/usuals/").content.decode()
    script = {"X-Requested-With": "XMLHttpRequest"}
    assert client.get("/usuals/", headers=script).json()["data"] == {"html": ""}
    for _ in range(2):
        page = client.get("/orders/confirm/", {"buy": f"{strawberry.pk}:1"})
        order = {"token": page.context["token"], "address": page.context["chosen"].id, "payment_method": "cod"}
        assert client.post("/orders/place/", order).status_code == 302
    for part in (client.get("/usuals/").content.decode(), client.get("/cart/").content.decode()):
        assert f'data-goods-card="{strawberry.pk}"' in part
        assert "/again/" in part
    assert strawberry.name in client.get("/usuals/", headers=script).json()["data"]["html"]
    assert 'data-usuals="/usuals/"' in client.get("/").content.decode()
    SKU.objects.filter(pk=strawberry.pk).update(on_sale=False)
    assert strawberry.name not in client.get("/cart/").content.decode()
