import pytest
from dailyfresh_core.http.answers import address_of, sign_in_first
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import override_script_prefix


@pytest.mark.parametrize(
    ("headers", "who"),
    [
        ({"X-Requested-With": "XMLHttpRequest"}, "script"),
        ({"Accept": "application/json"}, "script"),
        ({"Accept": "application/json, text/javascript, */*; q=0.01"}, "script"),
        ({"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}, "page"),
        ({"Accept": "*/*"}, "page"),
        ({"Accept": "image/png"}, "page"),
        ({}, "page"),
    ],
)
def test_a_script_names_itself_or_prefers_json(client: Client, headers: dict[str, str], who: str) -> None:
    assert client.get("/asked/", headers=headers).content.decode() == who


def test_a_script_without_a_session_is_told_where_to_sign_in_and_back(client: Client) -> None:
    headers = {"Accept": "application/json", "Referer": "http://testserver/cart/?a=1"}
    response = client.post("/mine/", headers=headers)
    assert response.status_code == 401
    assert response.json()["code"] == "login_required"
    assert response.json()["data"] == {"login_url": "/sign-in/?next=/cart/%3Fa%3D1"}
    assert "no-store" in response["Cache-Control"]


def test_a_browser_without_a_session_goes_to_sign_in_and_back(client: Client) -> None:
    assert client.get("/mine/")["Location"] == "/sign-in/?next=/mine/"


def test_who_came_from_nowhere_goes_back_to_where_the_view_says() -> None:
    request = RequestFactory().post("/cart/add/")
    assert sign_in_first(request, default="/cart/")["Location"] == "/sign-in/?next=/cart/"


@pytest.mark.parametrize("referer", ["http://elsewhere.example/x", "http://[::1", "", "//evil.example/"])
def test_a_referer_that_is_no_page_of_this_host_leads_home(client: Client, referer: str) -> None:
    response = client.post("/mine/", headers={"Referer": referer})
    assert response["Location"] == "/sign-in/?next=/"


@pytest.mark.parametrize("page", ["unavailable", "too_often"])
@override_script_prefix("/shop/")
def test_home_is_under_the_prefix_of_a_site_that_has_one(page: str) -> None:
    assert sign_in_first(RequestFactory().post("/mine/"))["Location"].endswith("?next=/shop/")
    assert 'href="/shop/"' in render_to_string(f"dailyfresh_core/{page}.html")
    assert (address_of("/"), address_of("/elsewhere/"), address_of("shop/")) == ("/shop/", "/elsewhere/", "shop/")


def test_a_referer_leads_to_no_other_host(client: Client) -> None:
    response = client.post("/mine/", headers={"Referer": "http://testserver//evil.example/"})
    assert response["Location"] == "/sign-in/?next=/evil.example/"


@pytest.mark.django_db
def test_what_is_not_there_is_an_envelope_for_a_script_and_a_page_for_a_browser(client: Client) -> None:
    client.force_login(User.objects.create_user("ann"))
    assert client.get("/mine/").json() == {"ok": True, "code": "ok", "message": "", "data": {"name": "ann"}}
    response = client.get("/mine/gone/", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert client.get("/mine/gone/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("/cart/", "/cart/"),
        ("http://testserver/cart/", "http://testserver/cart/"),
        ("http://elsewhere.example/", "nowhere"),
        ("//elsewhere.example/", "nowhere"),
        ("javascript:alert(1)", "nowhere"),
        ("cart", "nowhere"),
        ("", "nowhere"),
    ],
)
def test_next_stays_on_this_site(client: Client, url: str, leads: str) -> None:
    assert client.get("/after/", {"next": url}).content.decode() == leads
