"""The pages in a real browser: what is painted at once, what the server takes back, keyboard, focus, undo."""

import os
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from dailyfresh_core.pricing.money import shown
from dailyfresh_core.testing import service
from django.utils.translation import override
from minisite.models import Book

api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = api.expect
expect.set_options(timeout=20_000)  # a machine with much else to do is no fault
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("in_redis")]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = os.environ.get("CHROMIUM", shutil.which("chromium") or shutil.which("chromium-browser"))
    if not path:
        service("CHROMIUM")
    # Playwright's loop runs in this thread, and Django would refuse the database beside a running loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Any, live_server: Any) -> Iterator[Any]:
    context = chromium.new_context(base_url=live_server.url, locale="en", reduced_motion="reduce")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert not wrong


@pytest.fixture
def books(transactional_db: None) -> list[Book]:
    return [
        Book.objects.create(pk=n, title=title, price="10.00", copies=3)
        for n, title in enumerate(("Ulysses", "Dubliners", "Exiles"), 1)
    ]


def fill(page: Any, *sku_ids: int) -> None:
    """Puts one of each in, by the page that works without JavaScript."""
    for sku_id in sku_ids:
        page.goto(f"/shop/basket/add/{sku_id}/")
        page.get_by_role("button", name="Add to cart").click()
    page.goto("/shop/basket/")


def total(page: Any) -> Any:
    return page.locator("[data-cart-total]")


def test_the_plus_of_a_card_becomes_a_stepper_and_counts_in_the_badge(page: Any, books: list[Book]) -> None:
    page.goto("/")
    card = page.locator("[data-cart-add='1']").first
    expect(page.locator("[data-cart-badge]")).to_be_hidden()
    card.locator("[data-cart-more='1']").click()
    expect(card.locator("output")).to_have_text("1")
    expect(page.locator("[data-cart-badge]")).to_have_text("1")
    expect(page.locator("[data-df-messages]")).to_contain_text("Added to your cart.")
    for _twice in range(2):
        card.locator("[data-cart-more='1']").click()
        expect(card).not_to_have_attribute("aria-busy", "true")
    card.locator("[data-cart-more='1']").click()
    expect(page.locator("[data-df-messages]")).to_contain_text("Only 3 of “Ulysses” left")
    expect(card.locator("output")).to_have_text("3")
    page.reload()
    expect(card.locator("output")).to_have_text("3")
    for left in ("2", "1", "0"):
        card.locator("[data-cart-more='-1']").click()
        expect(card).not_to_have_attribute("aria-busy", "true")
        expect(card).to_have_attribute("data-quantity", left)
    expect(page.locator("[data-cart-badge]")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(card.locator("output")).to_have_text("1")
    expect(page.locator("[data-cart-badge]")).to_have_text("1")


def test_a_page_outside_the_frame_needs_no_more_than_the_scripts(page: Any, books: list[Book]) -> None:
    page.goto("/bare/")
    page.locator("[data-cart-add='1'] [data-cart-more='1']").click()
    expect(page.locator("[data-df-messages]")).to_contain_text("Added to your cart.")
    page.reload()
    expect(page.locator("[data-cart-badge]")).to_have_text("1")
    expect(page.locator("[data-cart-add='1'] output")).to_have_text("1")


def test_a_stepper_is_painted_at_once_and_its_sum_comes_from_the_server(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    expect(total(page)).to_have_text("¥20.00")
    more = page.locator("[data-cart-line='1'] [data-cart-key=more]")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-cart-line='1'] [data-cart-key=quantity]")).to_have_value("2")
    expect(total(page)).to_have_text("¥30.00")
    expect(page.locator("[data-cart-line='1'] [data-cart-key=more]")).to_be_focused()
    expect(page.locator("[data-cart-live]")).to_contain_text("¥30.00")


@pytest.mark.prove
def test_fast_clicks_end_where_they_were_meant_to(page: Any, books: list[Book]) -> None:
    Book.objects.update(copies=50)
    fill(page, 1, 2)
    page.evaluate(
        "for (let i = 0; i < 9; i++) { $(\"[data-cart-line='1'] [data-cart-key=more]\").trigger('click'); $(\"[data-cart-line='2'] [data-cart-key=more]\").trigger('click'); }"
    )
    expect(total(page)).to_have_text("¥200.00")
    page.reload()
    expect(total(page)).to_have_text("¥200.00")


def test_a_refusal_puts_the_number_back_and_says_why(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    field = page.locator("[data-cart-quantity]")
    field.fill("9")
    field.press("Enter")
    expect(page.locator("[data-df-messages]")).to_contain_text("Only 3 of “Ulysses” left")
    expect(page.locator("[data-cart-quantity]")).to_have_value("1")
    page.locator("[data-cart-quantity]").fill("abc")
    page.locator("[data-cart-quantity]").blur()
    expect(page.locator("[data-df-messages]")).to_contain_text("whole number")
    expect(page.locator("[data-cart-quantity]")).to_have_value("1")


@pytest.mark.prove
def test_ticks_are_kept_and_the_one_above_them_knows_some(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    page.locator("[data-cart-line='1'] [data-cart-key=select]").uncheck()
    expect(total(page)).to_have_text("¥10.00")
    some = page.locator("[data-cart-key='all-top']")
    assert some.evaluate("box => box.indeterminate")
    page.reload()
    expect(page.locator("[data-cart-line='1'] [data-cart-key=select]")).not_to_be_checked()
    some.check()
    expect(total(page)).to_have_text("¥20.00")
    page.locator("[data-cart-key='all-top']").uncheck()
    expect(total(page)).to_have_text("¥0.00")
    expect(page.locator("[data-cart-checkout]").first).to_be_disabled()


@pytest.mark.prove
def test_a_removed_line_comes_back_by_undo(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    page.locator("[data-cart-line='1'] [data-cart-key=remove]").click()
    expect(page.locator("[data-cart-line]")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-cart-line]")).to_have_count(2)
    assert page.locator("[data-cart-line]").first.get_attribute("data-cart-line") == "1"
    for sku_id in (1, 2):
        page.locator(f"[data-cart-line='{sku_id}'] [data-cart-key=remove]").click()
        expect(page.locator(f"[data-cart-line='{sku_id}']")).to_have_count(0)
    expect(page.get_by_text("Your basket is still empty")).to_be_visible()


@pytest.mark.prove
def test_a_typed_number_is_asked_once(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/set/") else None)
    for number, told in (("9", "Only 3 of “Ulysses” left."), ("2", "")):
        page.get_by_label("Quantity of Ulysses").fill(number)
        page.get_by_label("Quantity of Ulysses").press("Enter")
        if told:
            expect(page.locator("[data-df-messages]")).to_contain_text(told)
            expect(page.get_by_label("Quantity of Ulysses")).to_have_value("1")
    expect(total(page)).to_have_text("¥20.00")
    assert len(asked) == 2


@pytest.mark.prove
def test_what_is_being_typed_outlives_an_answer_and_is_asked_once(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    held: list[Any] = []
    page.route("**/set/", lambda route: held.append(route))
    page.locator("[data-cart-line='2'] [data-cart-key=more]").click()
    field = page.get_by_label("Quantity of Ulysses")
    field.fill("3")
    while not held:
        page.wait_for_timeout(20)
    with page.expect_response("**/set/"):
        held[0].continue_()
    expect(page.locator("[data-cart-line='2'] [data-cart-quantity]")).to_have_attribute("value", "2")

    expect(field).to_have_value("3")
    expect(field).to_be_focused()
    assert len(held) == 1

    field.press("Tab")
    while len(held) < 2:
        page.wait_for_timeout(20)
    with page.expect_response("**/set/"):
        held[1].continue_()
    expect(field).to_have_attribute("value", "3")
    assert ("quantity=3" in held[1].request.post_data, len(held)) == (True, 2)


@pytest.mark.prove
def test_a_line_set_to_nothing_comes_back_by_undo(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    page.get_by_label("Quantity of Ulysses").fill("0")
    page.get_by_label("Quantity of Ulysses").press("Enter")
    expect(page.get_by_text("Your basket is still empty")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Quantity of Ulysses")).to_have_value("1")


@pytest.mark.prove
def test_dead_lines_are_cleared_at_once(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2, 3)
    Book.objects.filter(pk=2).update(in_print=False)
    Book.objects.filter(pk=3).delete()
    page.reload()
    expect(page.locator("[data-cart-invalid] [data-cart-line]")).to_have_count(2)
    page.locator("[data-cart-clear]").click()
    expect(page.locator("[data-cart-invalid]")).to_have_count(0)
    expect(page.locator("[data-df-messages]")).to_contain_text("2 products removed.")


@pytest.mark.prove
def test_a_short_line_is_mended_by_one_click(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    page.locator("[data-cart-line='1'] [data-cart-key=more]").click()
    expect(total(page)).to_have_text("¥20.00")
    Book.objects.filter(pk=1).update(copies=1)
    page.reload()
    expect(total(page)).to_have_text("¥0.00")
    page.get_by_role("button", name="Take 1").click()
    expect(total(page)).to_have_text("¥10.00")


@pytest.mark.prove
def test_a_lost_network_takes_the_number_back_and_offers_to_try_again(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    page.context.set_offline(True)
    page.locator("[data-cart-line='1'] [data-cart-key=more]").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(total(page)).to_have_text("¥20.00")


@pytest.mark.prove
def test_trying_again_opens_the_mini_cart_that_would_not_open(page: Any, books: list[Book]) -> None:
    fill(page, 1)
    page.goto("/")
    page.context.set_offline(True)
    page.locator("[data-cart-open]").click()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.locator("[data-cart-mini]")).to_be_hidden()
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-cart-mini-line='1']")).to_be_visible()


@pytest.mark.prove
def test_the_mini_cart_is_a_dialog_for_the_keyboard(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    page.goto("/")
    opener, mini = page.locator("[data-cart-open]"), page.locator("[data-cart-mini]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(mini).to_be_visible()
    expect(mini).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    for _stop in range(20):
        page.keyboard.press("Tab")
        assert mini.evaluate("mini => mini.contains(document.activeElement)")
    for _stop in range(20):
        page.keyboard.press("Shift+Tab")
        assert mini.evaluate("mini => mini.contains(document.activeElement)")
    mini.locator("[data-cart-mini-line='1'] [data-cart-more='1']").click()
    expect(mini.locator(".df-price")).to_have_text("¥30.00")
    expect(mini.locator("[data-cart-mini-line='1'] output")).to_have_text("2")
    page.keyboard.press("Escape")
    expect(mini).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(mini).to_be_visible()
    page.mouse.click(5, 400)
    expect(mini).to_be_hidden()


@pytest.mark.prove
def test_the_way_to_the_checkout_takes_the_ticked_along(page: Any, books: list[Book]) -> None:
    fill(page, 1, 2)
    page.locator("[data-cart-line='2'] [data-cart-key=select]").uncheck()
    expect(total(page)).to_have_text("¥10.00")
    page.locator("[data-cart-checkout]").first.click()
    expect(page).to_have_url(re.compile(r"/checkout/\?sku_id=1$"))


@pytest.mark.prove
def test_without_scripts_everything_goes_on(chromium: Any, live_server: Any, books: list[Book]) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/")
    page.locator("[data-cart-put='1']").click()
    page.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Add to cart").click()
    expect(page.get_by_text("Added to your cart.")).to_be_visible()
    page.get_by_role("button", name="One Ulysses more").click()
    expect(page.get_by_label("Quantity of Ulysses")).to_have_value("3")
    page.get_by_label("Quantity of Ulysses").fill("1")
    page.get_by_label("Quantity of Ulysses").press("Enter")
    expect(total(page)).to_have_text("¥10.00")
    page.get_by_role("button", name="Remove Ulysses").click()
    page.get_by_role("button", name="Undo").click()
    expect(total(page)).to_have_text("¥10.00")
    context.close()


@pytest.mark.prove
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(page: Any, books: list[Book], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    fill(page, 1, 2, 3)
    for url in ("/shop/basket/", "/shop/basket/add/1/"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("currency", ["CNY", "EUR", "JPY", "USD"])
def test_a_script_writes_a_price_as_the_server_does(page: Any, books: list[Book], settings: Any, currency: str) -> None:
    settings.DAILYFRESH = {"CURRENCY": currency}
    fill(page, 1)
    for language in ("en", "zh-hans", "de", "ja"):
        page.reload()
        page.evaluate("language => { document.documentElement.lang = language; }", language)
        with override(language):
            assert page.evaluate("df.price(12345.5)") == shown(Decimal("12345.5"))
