"""The cart page, as it is seen and as it works without JavaScript."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import ask, quantities
from dailyfresh_core.joins import WrongShape
from dailyfresh_core.rendered import rendered
from django.template import Context, Template
from django.test import Client
from django.test.utils import override_script_prefix
from django.urls import clear_script_prefix, set_script_prefix
from minisite.books import Catalogue

PAGE = "/shop/basket/"


@pytest.fixture
def at_the_root_again() -> Iterator[None]:
    yield
    clear_script_prefix()


def page(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def press(client: Client, action: str, **fields: Any) -> Any:
    """A browser without JavaScript sends the page's form, every tick and quantity as the page shows them."""
    lines = ask(client, "lines")["data"]["lines"]
    valid = [line for line in lines if line["state"] in ("ok", "short")]
    form = {
        "line": [line["sku_id"] for line in valid if line["state"] == "ok"],
        "sku_id": [line["sku_id"] for line in valid if line["selected"]],
        **{f"quantity-{line['sku_id']}": line["quantity"] for line in valid},
        "action": action,
    }
    return client.post(PAGE + "update/", {**form, **fields}, headers={"accept": "text/html"}, follow=False)


@pytest.mark.usefixtures("at_the_root_again")
def test_what_the_page_keeps_is_right_in_each_language_and_below_each_prefix(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book().pk)
    asked = [("en", ""), ("zh-hans", ""), ("en", "/sub"), ("zh-hans", "/sub"), ("en", "")]
    for language, prefix in asked:
        set_script_prefix(prefix + "/")
        html = client.get(PAGE, headers={"accept-language": language}).content.decode()
        assert f'data-set-url="{prefix}/shop/basket/set/"' in html
        assert f'data-add-url="{prefix}/shop/basket/add/"' in html
        for words in ('data-retry="Try again"', 'data-text-undo="Undo"', ">Product</th>"):
            assert (words in html) is (language == "en")


def test_an_empty_cart_shows_the_way_to_the_shop(client: Client, db: None) -> None:
    html = page(client)
    assert "Your basket is still empty" in html
    assert 'href="/"' in html
    assert "/sign-in/?next=/shop/basket/" in html
    assert "dailyfresh_cart" not in client.cookies


def test_the_page_shows_each_line_and_the_sum_of_the_selected(client: Client, book: Any) -> None:
    first, second = book(), book("Dubliners", "10.00")
    ask(client, "add", sku_id=first.pk, quantity=2)
    ask(client, "add", sku_id=second.pk, quantity=1)
    html = page(client)
    assert "¥69.80" in html
    assert "Check out (3 pieces)" in html
    ask(client, "select", sku_id=second.pk, selected=0)
    html = page(client)
    ticks = re.findall(r"<input[^>]* data-cart-select [^>]*>", html)
    assert ["Select Ulysses" in ticks[0], "Select Dubliners" in ticks[1]] == [True, True]
    assert [" checked" in tick for tick in ticks] == [True, False]
    assert "Check out (2 pieces)" in html
    assert "data-cart-some" in html


class Kept(Catalogue):
    """Says of some books how they are kept."""

    def find(self, sku_ids: Iterable[str]) -> dict[str, Any]:
        shelf = {"Milk": "Chilled", "Peas": "Frozen", "Cheese": "Chilled"}
        found = super().find(sku_ids)
        return {key: SimpleNamespace(**asdict(item), storage=shelf.get(item.name, "")) for key, item in found.items()}


def test_lines_stand_by_how_they_are_kept_where_that_tells_them_apart(client: Client, book: Any, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"CATALOGUE": f"{__name__}.Kept"}

    def shown() -> list[str]:
        return re.findall(r">(Chilled|Frozen|Other products|Milk|Peas|Cheese|Ulysses)<", page(client))

    ask(client, "add", sku_id=book("Milk").pk)
    ask(client, "add", sku_id=(cheese := book("Cheese")).pk)
    assert shown() == ["Milk", "Cheese"]
    for title in ("Peas", "Ulysses"):
        ask(client, "add", sku_id=book(title).pk)
    assert shown() == ["Chilled", "Milk", "Cheese", "Frozen", "Peas", "Other products", "Ulysses"]
    ask(client, "remove", sku_id=cheese.pk)
    assert shown()[:3] == ["Chilled", "Milk", "Frozen"]


def test_a_selection_is_kept_over_reloads_and_can_be_made_whole(client: Client, book: Any) -> None:
    books = [book(title) for title in "abc"]
    for one in books:
        ask(client, "add", sku_id=one.pk)
    assert ask(client, "select", all=1, selected=0)["data"]["total"] == "0.00"
    assert [line["selected"] for line in ask(client, "lines")["data"]["lines"]] == [False] * 3
    assert "disabled" in page(client)
    assert ask(client, "select", sku_id=[books[0].pk, books[2].pk], selected=1)["data"]["pieces"] == 2
    assert [line["selected"] for line in ask(client, "lines")["data"]["lines"]] == [True, False, True]
    assert ask(client, "select", all=1, selected=1)["data"]["all_selected"] is True


@pytest.mark.parametrize(
    ("change", "state", "text"),
    [
        ({"in_print": False}, "off_sale", "Off sale"),
        ({"copies": 0}, "sold_out", "Sold out"),
        ({"copies": 3}, "short", "only 3 left"),
        ({"most": 2}, "short", "at most 2"),
        ({"copies": 5}, "ok", "only 5 left"),
        ({"price": Decimal("25.00")}, "ok", "¥4.90 less than when added"),
        ({"price": Decimal("31.00")}, "ok", "¥1.10 more than when added"),
    ],
)
def test_a_line_says_how_it_stands(client: Client, book: Any, change: dict[str, Any], state: str, text: str) -> None:
    ulysses, other = book(), book("Dubliners", "10.00")
    ask(client, "add", sku_id=ulysses.pk, quantity=5)
    ask(client, "add", sku_id=other.pk)
    for field, value in change.items():
        setattr(ulysses, field, value)
    ulysses.save()
    line = ask(client, "lines")["data"]["lines"][0]
    assert line["state"] == state
    assert text in page(client)
    total = Decimal(ask(client, "lines")["data"]["total"])
    assert total == (ulysses.price * 5 if state == "ok" else 0) + 10


def test_a_row_that_is_kept_is_the_row_that_would_be_drawn(client: Client, book: Any) -> None:
    one, other = book(), book("Dubliners", "10.00")
    ask(client, "add", sku_id=one.pk, quantity=5)
    ask(client, "add", sku_id=other.pk)
    for field, value in {
        "title": "Exiles",
        "price": Decimal("25.00"),
        "copies": 9,
        "most": 3,
        "in_print": False,
        "download": True,
    }.items():
        page(client)
        setattr(one, field, value)
        one.save()
        seen = [page(client)]
        rendered.clear()
        seen.append(page(client))
        kept, drawn = (re.sub(r'value="[A-Za-z0-9]{64}"', "", text) for text in seen)
        assert kept == drawn, field


def test_a_product_that_is_gone_breaks_nothing_and_can_be_cleared(client: Client, book: Any) -> None:
    gone, off, kept = book(), book("Exiles", in_print=True), book("Dubliners", "10.00")
    for one in (gone, off, kept):
        ask(client, "add", sku_id=one.pk)
    gone_id, _deleted = str(gone.pk), gone.delete()
    off.in_print = False
    off.save()
    assert "2 products cannot be bought now" in page(client)
    answer = ask(client, "clear_invalid")
    assert answer["message"] == "2 products removed."
    assert quantities(client) == {str(kept.pk): 1}
    ask(client, "restore", undo=answer["data"]["undo"])
    states = {line["sku_id"]: line["state"] for line in ask(client, "lines")["data"]["lines"]}
    assert states == {gone_id: "gone", str(off.pk): "off_sale", str(kept.pk): "ok"}


def test_removing_can_be_undone_to_the_place_the_price_and_the_tick(client: Client, book: Any) -> None:
    first, second = book(), book("Dubliners")
    ask(client, "add", sku_id=first.pk, quantity=3)
    ask(client, "add", sku_id=second.pk)
    ask(client, "select", sku_id=first.pk, selected=0)
    first.price = Decimal("20.00")
    first.save()
    before = ask(client, "lines")["data"]
    removed = ask(client, "remove", sku_id=[first.pk, second.pk])
    assert removed["data"]["count"] == 0
    for _twice in range(2):
        restored = ask(client, "restore", undo=removed["data"]["undo"])
        assert (restored["code"], restored["data"]) == ("restored", before)
    assert before["lines"][0]["price_change"] == "-9.90"
    assert before["lines"][0]["selected"] is False


def test_setting_to_nothing_can_be_undone_like_a_removal(client: Client, book: Any) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id, quantity=3)
    answer = ask(client, "set", sku_id=sku_id, quantity=0)
    assert (answer["code"], answer["message"], answer["data"]["count"]) == ("removed", "1 product removed.", 0)
    ask(client, "restore", undo=answer["data"]["undo"])
    assert quantities(client) == {sku_id: 3}
    assert ask(client, "set", sku_id="2147483646", quantity=0)["data"]["undo"] == ""


def test_removing_what_is_not_there_is_no_error(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book().pk)
    answer = ask(client, "remove", sku_id="2147483646")
    assert (answer["ok"], answer["message"], answer["data"]["undo"], answer["data"]["count"]) == (True, "", "", 1)


@pytest.mark.parametrize(("total", "text"), [("10.00", "¥49.00 more for free delivery"), ("60.00", "delivery is free")])
def test_the_page_says_how_far_free_delivery_is(client: Client, book: Any, total: str, text: str) -> None:
    ask(client, "add", sku_id=book(price=total).pk)
    assert text in page(client)
    assert ("Without delivery." in page(client)) is (total == "10.00")


def test_without_the_setting_nothing_is_said_of_delivery(client: Client, book: Any, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"FREE_DELIVERY_FROM": None}
    ask(client, "add", sku_id=book().pk)
    assert "free delivery" not in page(client)
    assert "Without delivery." in page(client)
    assert ask(client, "lines")["data"]["free_delivery_missing"] is None


def test_what_is_not_counted_is_sold_without_limit(client: Client, book: Any) -> None:
    course = book("A course", "200.00", copies=None)
    assert "Add to cart" in client.get(f"/shop/basket/add/{course.pk}/").content.decode()
    assert ask(client, "add", sku_id=course.pk, quantity=40)["ok"]
    (line,) = ask(client, "lines")["data"]["lines"]
    assert (line["state"], line["allowed"], line["subtotal"]) == ("ok", 999, "8000.00")
    assert "left" not in re.sub(r"<[^>]*>", "", page(client))
    answer = ask(client, "add", sku_id=course.pk, quantity=990, status=409)
    assert (answer["code"], answer["data"]["allowed"]) == ("over_limit", 999)


def test_where_nothing_is_carried_nothing_is_said_of_delivery(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book("A download", "10.00", copies=None, download=True).pk)
    assert "free delivery" not in page(client)
    assert "Without delivery." not in page(client)
    ask(client, "add", sku_id=book().pk)
    assert "free delivery" in page(client)


@override_script_prefix("/corner/")
def test_an_empty_cart_of_a_site_under_a_prefix_leads_to_its_first_page(client: Client, db: None) -> None:
    assert 'href="/corner/">Go shopping</a>' in client.get(PAGE).content.decode()


def test_an_empty_cart_speaks_of_no_trade(client: Client, db: None) -> None:
    assert "Have a look round" in page(client)
    assert "fresh" not in re.sub(r"<[^>]*>", "", page(client)).lower()


def test_without_a_checkout_there_is_no_button(client: Client, book: Any, settings: Any) -> None:
    settings.DAILYFRESH_CART = settings.DAILYFRESH_CART | {"CHECKOUT_URL": None}
    ask(client, "add", sku_id=book().pk)
    assert "Check out" not in page(client)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"unit_price": 29.9}, "whose unit_price is 29.9, a float, where a finite Decimal is asked for"),
        ({"limit": "2"}, "whose limit is '2', a str, where a whole number or None is asked for"),
        ({"on_sale": None}, "whose on_sale is None, where True or False is asked for"),
    ],
)
def test_a_catalogue_of_another_shape_is_one_sentence_wherever_it_is_asked(
    client: Client, book: Any, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], sentence: str
) -> None:
    sku_id = str(book().pk)
    ask(client, "add", sku_id=sku_id)
    product = replace(Catalogue().find([sku_id])[sku_id], **changed)
    monkeypatch.setattr(Catalogue, "find", lambda self, sku_ids: {sku_id: product})
    for path in ("", f"add/{sku_id}/", "lines/", "mini/"):
        with pytest.raises(WrongShape, match=re.escape(sentence)):
            client.get(PAGE + path)
    for what in ("add", "set", "remove", "clear_invalid"):
        with pytest.raises(WrongShape, match=re.escape(sentence)):
            ask(client, what, sku_id=sku_id, quantity=2)
    assert ask(client, "count")["data"]["count"] == 1


class TestWithoutJavaScript:
    def test_add_is_a_link_to_a_page_that_asks_how_many(self, client: Client, book: Any) -> None:
        sku_id = str(book(copies=4).pk)
        assert f'href="{PAGE}add/1/"' in client.get("/").content.decode()
        html = client.get(f"{PAGE}add/{sku_id}/").content.decode()
        assert 'max="4"' in html
        once = html.split('name="once" value="')[1].split('"')[0]
        for _double_click in range(2):
            form = {"sku_id": sku_id, "quantity": 2, "once": once}
            response = client.post(f"{PAGE}add/", form, headers={"accept": "text/html"})
            assert (response.status_code, response.url) == (302, PAGE)
        assert quantities(client) == {sku_id: 2}
        assert "Added to your cart." in page(client)

    def test_the_page_for_a_product_that_is_not_there_is_404(self, client: Client, db: None) -> None:
        for sku_id in ("7", "01", "abc", "%00", "苹果", "a/b"):
            assert client.get(f"{PAGE}add/{sku_id}/").status_code == 404

    def test_a_product_that_is_sold_out_has_no_form(self, client: Client, book: Any) -> None:
        html = client.get(f"{PAGE}add/{book(copies=0).pk}/").content.decode()
        assert "Sold out" in html
        assert "<form" not in html

    def test_a_refusal_is_told_on_the_next_page(self, client: Client, book: Any) -> None:
        form = {"sku_id": book(copies=1).pk, "quantity": 2}
        response = client.post(f"{PAGE}add/", form, headers={"accept": "text/html"}, follow=True)
        assert "Only 1 of “Ulysses” left." in response.content.decode()

    @pytest.mark.parametrize(
        "there", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
    )
    def test_the_next_page_is_never_on_another_host(self, client: Client, book: Any, there: str) -> None:
        form = {"sku_id": book().pk, "next": there}
        assert client.post(f"{PAGE}add/", form, headers={"accept": "text/html"}).url == PAGE
        assert (
            client.post(f"{PAGE}add/", form | {"next": "/books/1/"}, headers={"accept": "text/html"}).url == "/books/1/"
        )

    def test_the_steppers_and_the_typed_numbers_are_one_form(self, client: Client, book: Any) -> None:
        first, second = str(book().pk), str(book("Dubliners").pk)
        ask(client, "add", sku_id=first, quantity=2)
        ask(client, "add", sku_id=second)
        assert press(client, f"step:1:{first}").url == PAGE
        assert quantities(client) == {first: 3, second: 1}
        press(client, f"step:-1:{first}", **{f"quantity-{second}": "4"})
        assert quantities(client) == {first: 2, second: 4}
        press(client, f"step:-1:{second}", **{f"quantity-{second}": "1"})
        assert quantities(client)[second] == 1
        response = press(client, "update", **{f"quantity-{first}": "0", f"quantity-{second}": "2"})
        assert quantities(client) == {second: 2}
        undo = client.get(response.url).content.decode().split('name="undo" value="')[1].split('"')[0]
        client.post(f"{PAGE}restore/", {"undo": undo}, headers={"accept": "text/html"})
        assert quantities(client) == {first: 2, second: 2}

    def test_a_number_too_high_is_refused_and_nothing_of_the_form_is_done(self, client: Client, book: Any) -> None:
        first, second = str(book(copies=3).pk), str(book("Dubliners").pk)
        ask(client, "add", sku_id=first)
        ask(client, "add", sku_id=second)
        press(client, "update", **{f"quantity-{first}": "4", f"quantity-{second}": "2"})
        assert "Only 3 of “Ulysses” left" in page(client)
        assert quantities(client) == {first: 1, second: 1}

    def test_a_short_line_can_be_stepped_down(self, client: Client, book: Any) -> None:
        one = book()
        ask(client, "add", sku_id=one.pk, quantity=9)
        one.copies = 3
        one.save()
        assert ask(client, "set", sku_id=one.pk, quantity=8)["ok"]
        assert ask(client, "set", sku_id=one.pk, quantity=9)["code"] == "out_of_stock"
        assert quantities(client) == {str(one.pk): 8}

    def test_a_short_line_can_be_brought_to_what_is_left(self, client: Client, book: Any) -> None:
        ulysses = book()
        ask(client, "add", sku_id=ulysses.pk, quantity=5)
        ulysses.copies = 2
        ulysses.save()
        press(client, f"set:2:{ulysses.pk}")
        assert quantities(client) == {str(ulysses.pk): 2}
        assert ask(client, "lines")["data"]["lines"][0]["selected"] is True

    def test_removing_offers_an_undo_on_the_page(self, client: Client, book: Any) -> None:
        sku_id = str(book().pk)
        ask(client, "add", sku_id=sku_id)
        response = press(client, f"remove:{sku_id}")
        assert quantities(client) == {}
        html = client.get(response.url).content.decode()
        assert "1 product removed." in html
        undo = html.split('name="undo" value="')[1].split('"')[0]
        client.post(f"{PAGE}restore/", {"undo": undo}, headers={"accept": "text/html"})
        assert quantities(client) == {sku_id: 1}

    def test_the_selected_can_be_removed_at_once_and_the_dead_cleared(self, client: Client, book: Any) -> None:
        first, second, dead = book(), book("Dubliners"), book("Exiles")
        for one in (first, second, dead):
            ask(client, "add", sku_id=one.pk)
        dead.in_print = False
        dead.save()
        press(client, "remove_selected", sku_id=[str(first.pk)])
        assert quantities(client) == {str(second.pk): 1, str(dead.pk): 1}
        press(client, "clear")
        assert quantities(client) == {str(second.pk): 1}

    def test_the_way_to_the_checkout_keeps_ticks_and_numbers_and_names_what_can_be_bought(
        self, client: Client, book: Any
    ) -> None:
        first, second, short = book(), book("Dubliners"), book("Exiles")
        for one in (first, second, short):
            ask(client, "add", sku_id=one.pk, quantity=2)
        short.copies = 1
        short.save()
        ticked = [str(first.pk), str(short.pk)]
        response = press(client, "checkout", sku_id=ticked, **{f"quantity-{first.pk}": "3"})
        assert response.url == f"/checkout/?sku_id={first.pk}"
        assert quantities(client)[str(first.pk)] == 3
        lines = {line["sku_id"]: line["selected"] for line in ask(client, "lines")["data"]["lines"]}
        assert lines[str(second.pk)] is False

    def test_the_checkout_wants_at_least_one_product(self, client: Client, book: Any) -> None:
        ask(client, "add", sku_id=book().pk)
        assert press(client, "checkout", sku_id=[]).url == PAGE
        assert "Please choose at least one product." in page(client)

    def test_an_old_page_brings_nothing_back(self, client: Client, book: Any) -> None:
        first, second = str(book().pk), str(book("Dubliners").pk)
        ask(client, "add", sku_id=first)
        ask(client, "add", sku_id=second)
        ask(client, "remove", sku_id=first)
        form = {
            "line": [first, second],
            "sku_id": [first],
            f"quantity-{first}": 5,
            f"quantity-{second}": 2,
            "action": "update",
        }
        client.post(f"{PAGE}update/", form, headers={"accept": "text/html"})
        assert quantities(client) == {second: 2}


def test_every_page_holds_no_inline_script_style_or_handler(client: Client, book: Any) -> None:
    ulysses = book()
    ask(client, "add", sku_id=ulysses.pk)
    for url in (PAGE, f"{PAGE}add/{ulysses.pk}/", "/"):
        html = client.get(url).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick" not in html
        assert "<script>" not in html


def test_what_a_static_page_takes_in_knows_no_visitor() -> None:
    html = Template(
        "{% load dailyfresh_cart %}{% dailyfresh_cart_button %}{% dailyfresh_cart_scripts %}"
        '{% include "dailyfresh_cart/_add.html" with sku_id="1" name="Ulysses" %}'
        '{% include "dailyfresh_cart/_add_button.html" with sku_id="1" %}'
    ).render(Context())
    assert "<form" not in html
    assert "csrf" not in html
    assert 'href="/shop/basket/add/1/"' in html


def test_names_are_escaped(client: Client, book: Any) -> None:
    ask(client, "add", sku_id=book("<script>alert(1)</script>").pk)
    assert "<script>alert" not in page(client)
    assert "<script>alert" not in ask(client, "mini")["data"]["html"]


def test_the_mini_cart_shows_the_five_added_last_and_the_whole_sum(client: Client, book: Any) -> None:
    for title in "abcdefg":
        ask(client, "add", sku_id=book(title, "10.00").pk)
    data = ask(client, "mini")["data"]
    assert data["count"] == 7
    assert data["html"].count("data-cart-mini-line") == 5
    assert data["html"].index(">g<") < data["html"].index(">c<")
    assert "¥70.00" in data["html"]


def test_an_empty_mini_cart_says_so(client: Client, db: None) -> None:
    assert "Your basket is still empty" in ask(client, "mini")["data"]["html"]
