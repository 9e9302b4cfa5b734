"""What is said after a click is true: whatever goes wrong, on any page, by the one script that asks for all packages."""

import pytest
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
GOODS, ADD, VISITOR = "/en/goods/1/", "**/cart/add/", "**/visitor/**"
OURS, NETWORK = "Something went wrong at our end", "The network is not answering"


@pytest.fixture
def guest(browser: "playwright.Browser", shop: str) -> Visitor:
    visitor = Visitor(browser, shop)
    visitor.go(GOODS)
    return visitor


def click_add(guest: Visitor) -> "playwright.Locator":
    """The message that adding to the cart brings."""
    guest.see("[data-cart-put]").click()
    return guest.see(".df-toast.df-on")


def sign_of(toast: "playwright.Locator") -> str:
    return str(toast.locator("svg:visible use").get_attribute("href")).partition("#")[2]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 500, "body": "<h1>Server Error</h1>", "content_type": "text/html"}, OURS),
        ({"status": 502, "body": "bad gateway"}, OURS),
        ({"status": 200, "body": "<p>a page of some proxy</p>", "content_type": "text/html"}, OURS),
        ({"status": 404, "body": ""}, "not here any more"),
        ({"status": 413, "body": ""}, "could not be done"),
        (None, NETWORK),
    ],
)
def test_a_failure_is_called_what_it_is_and_wears_no_tick(guest: Visitor, answer: dict | None, words: str) -> None:
    guest.page.route(ADD, lambda route: route.fulfill(**answer) if answer else route.abort())
    toast = click_add(guest)
    assert words in toast.inner_text()
    assert sign_of(toast) == "circle-alert"


def test_trying_again_does_it_and_the_focus_is_where_it_was(guest: Visitor) -> None:
    guest.page.route(ADD, lambda route: route.fulfill(status=500), times=1)
    toast = click_add(guest)
    toast.get_by_role("button").click()
    playwright.expect(toast.locator("span")).to_have_text("Added to your cart.")
    assert sign_of(toast) == "check"
    assert guest.page.evaluate("document.activeElement.dataset.cartPut") == "1"


def test_a_question_that_nobody_asked_fails_in_silence(guest: Visitor) -> None:
    guest.see("[data-cart-put]").click()
    guest.badge(1)
    guest.page.route(VISITOR, lambda route: route.fulfill(status=500))
    with guest.page.expect_response(VISITOR):
        guest.go(GOODS)
    guest.page.wait_for_timeout(200)
    assert guest.page.locator(".df-toast.df-on").count() == 0
    toast = click_add(guest)  # it needs what that question brings: now the failure is the visitor's own
    assert OURS in toast.inner_text()


def test_a_number_that_cannot_be_had_is_said_and_set_right(guest: Visitor) -> None:
    guest.page.fill("[data-goods-quantity]", "99999")
    guest.page.keyboard.press("Tab")
    left = guest.page.input_value("[data-goods-quantity]")
    assert 1 <= int(left) < 99999
    # It may be over already on a busy machine; what it said stands in it until the next one.
    playwright.expect(guest.page.locator(".df-toast")).to_contain_text(f"At most {left} can be bought now.")
