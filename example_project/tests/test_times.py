"""Choosing when an order comes, and choosing again: with the keyboard alone, without JavaScript, on a phone."""

import re

import pytest
from demo.accounts import BUYER, PASSWORD
from test_ways import GOODS, press, walk_to
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
CHOSEN = "[name=window]:checked"
OTHER_DAY = "details.df-day:not([open]):has([name=window]:enabled) > summary:visible"
"""The day of the time that is chosen, which depends on the hour, is open already."""


def buyer_at(browser: "playwright.Browser", shop: str, path: str, **context: object) -> Visitor:
    buyer = Visitor(browser, shop, **context)
    buyer.go("/user/login/")
    buyer.sign_in(BUYER, PASSWORD)
    buyer.page.wait_for_url("**/user/")
    buyer.go(path)
    return buyer


def confirm_url() -> str:
    return f"/orders/confirm/?buy={GOODS.split('/')[2]}:1"


def placed(buyer: Visitor) -> str:
    """The path of the order that was just placed."""
    buyer.page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    return buyer.path().removesuffix("pay/")


def test_a_time_is_chosen_and_changed_with_the_keyboard_alone(browser: "playwright.Browser", shop: str) -> None:
    buyer = buyer_at(browser, shop, confirm_url())
    keys, page = buyer.page.keyboard, buyer.page
    first = page.locator(CHOSEN).input_value()
    press(
        buyer, "details.df-day:not(.df-some):not([open]):has([name=window]:enabled) > summary"
    )  # late, today has none left
    opened = page.locator("details[open]").count()
    keys.press("Tab")
    with page.expect_response("**/orders/quote/"):
        keys.press("Space")
    playwright.expect(page.locator(CHOSEN)).not_to_have_value(first)
    page.wait_for_function("document.activeElement.name === 'window'")
    assert page.locator("details[open]").count() == opened
    # Arrows lead on to the other times that are shown.
    with page.expect_response("**/orders/quote/"):
        keys.press("ArrowDown")
    page.wait_for_function("document.activeElement.name === 'window'")
    when = buyer.see("#df-h-when + span").inner_text()
    walk_to(buyer, "[name=payment_method]")
    keys.press("ArrowDown")
    press(buyer, "[data-once]:not(:disabled)")
    order = placed(buyer)

    buyer.go(order)
    assert when in buyer.see("main").inner_text()
    press(buyer, "a[href$='/time/']")
    page.wait_for_url("**/time/")
    press(buyer, "[data-once]")
    assert "请选择一个时段" in buyer.see("[role=alert]").inner_text()
    buyer.complaints.clear()  # a browser's own word about the answer 400
    walk_to(buyer, "[name=window]")
    keys.press("Space")
    press(buyer, "[data-once]")
    page.wait_for_url(f"**{order}")
    assert f"{when} → " in buyer.see("main").inner_text()
    assert buyer.complaints == []


def test_a_time_is_chosen_and_changed_without_javascript(browser: "playwright.Browser", shop: str) -> None:
    buyer = buyer_at(browser, shop, confirm_url(), java_script_enabled=False)
    page = buyer.page
    page.locator(OTHER_DAY).first.click()
    page.locator("details.df-day[open] [name=window]:enabled:not(:checked)").last.check(force=True)
    buyer.see("[data-nojs] button[formaction$='/orders/quote/']:has-text('时段')").click()
    when = buyer.see("#df-h-when + span").inner_text()
    page.check("[name=payment_method][value=cod]")
    buyer.see("[data-once]").click()
    order = placed(buyer)
    buyer.go(order)
    assert when in buyer.see("main").inner_text()
    buyer.see("a[href$='/time/']").click()
    page.locator("[name=window]:enabled:visible").first.check(force=True)
    buyer.see("main form [data-once]").click()
    page.wait_for_url(f"**{order}")
    assert f"{when} → " in buyer.see("main").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_nothing_scrolls_sideways_and_every_time_can_be_hit(
    browser: "playwright.Browser", shop: str, scheme: str
) -> None:
    buyer = buyer_at(browser, shop, confirm_url(), color_scheme=scheme)
    page = buyer.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(OTHER_DAY).first.click()
    sizes = page.locator("details[open] label.df-opt").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert sizes
    assert min(sizes) >= 48
    for path in (confirm_url(), "/delivery/"):
        buyer.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert buyer.complaints == []


def test_the_page_of_goods_says_when_they_come_to_whoever_chose_a_district(
    browser: "playwright.Browser", shop: str
) -> None:
    guest = Visitor(browser, shop)
    guest.go(GOODS)
    playwright.expect(guest.page.locator("[data-delivery]")).to_contain_text("选择配送地区")
    guest.see("[data-delivery] a").click()
    guest.page.wait_for_url("**/delivery/**")
    guest.see("button:has-text('送到这里')").click()
    guest.page.wait_for_url(f"**{GOODS}")
    playwright.expect(guest.page.locator("[data-delivery]")).to_contain_text(re.compile(r"最快 .* 送达"))
    assert guest.complaints == []
