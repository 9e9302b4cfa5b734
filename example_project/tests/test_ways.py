"""The same purchase for those who have no mouse, and for those who have no JavaScript."""

import re
import time

import pytest
from demo.accounts import BUYER, PASSWORD
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
GOODS = "/goods/3/"


def walk_to(visitor: Visitor, selector: str, *, steps: int = 90) -> None:
    """Tab until the focus is on what the selector names, and seen there."""
    for _ in range(steps):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            seen = "(({width, height}) => width * height)(document.activeElement.getBoundingClientRect())"
            assert visitor.page.evaluate(seen), f"{selector} has the focus and cannot be seen"
            return
    pytest.fail(f"{selector} is not reached with the Tab key on {visitor.page.url}")


def press(visitor: Visitor, selector: str, key: str = "Enter", **more: int) -> None:
    walk_to(visitor, selector, **more)
    visitor.page.keyboard.press(key)


def test_a_purchase_with_the_keyboard_alone(browser: "playwright.Browser", shop: str) -> None:
    buyer = Visitor(browser, shop)
    keys = buyer.page.keyboard
    buyer.go("/user/login/")
    walk_to(buyer, "[name=username]")
    keys.type(BUYER)
    walk_to(buyer, "[name=password]")
    keys.type(PASSWORD)
    keys.press("Enter")
    buyer.page.wait_for_url("**/user/")

    buyer.go(GOODS)
    walk_to(buyer, "[data-goods-quantity]")
    keys.press("ArrowRight")
    keys.press("Backspace")
    keys.type("2")
    walk_to(buyer, "[data-goods-detail] [data-cart-put]")
    with buyer.page.expect_response("**/cart/add/") as added:
        keys.press("Enter")
    assert added.value.ok

    # Not the cart: other tests put what they like into this buyer's.
    buyer.go(GOODS)
    press(buyer, "[data-goods-buy-now]")
    buyer.page.wait_for_url("**/orders/confirm/**")

    press(buyer, "a.df-add[data-address-book]")
    playwright.expect(buyer.page.locator("dialog[open]")).to_be_visible()
    assert buyer.page.evaluate("document.activeElement.closest('dialog') !== null")
    keys.press("Escape")
    playwright.expect(buyer.page.locator("dialog[open]")).to_have_count(0)
    assert buyer.page.evaluate("document.activeElement.matches('a.df-add[data-address-book]')")

    walk_to(buyer, "[name=payment_method]")
    keys.press("ArrowDown")
    assert buyer.page.locator("[name=payment_method]:checked").input_value() == "cod"
    press(buyer, "[data-once]:not(:disabled)")
    buyer.page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    assert "订单已提交" in buyer.see("main h1").inner_text()
    assert buyer.complaints == []


def test_a_purchase_without_javascript_from_registering_to_the_order(browser: "playwright.Browser", shop: str) -> None:
    buyer = Visitor(browser, shop, java_script_enabled=False)
    page, name = buyer.page, f"plain{int(time.time()) % 10**8}"
    buyer.go(GOODS)
    buyer.see("a[href^='/cart/add/']").click()
    buyer.see("main form[action='/cart/add/'] button").click()
    buyer.go("/cart/")
    buyer.see("main a[href*='/user/login/'], [data-cart-checkout]").click()
    page.wait_for_url("**/user/login/**")
    buyer.see("main a[href*='/user/register/']").click()
    typed = {"username": name, "email": f"{name}@example.com", "password1": "Lychee-4711", "password2": "Lychee-4711"}
    for field, value in typed.items():
        page.fill(f"[name={field}]", value)
    page.check("[name=agree]")
    buyer.see("main form [type=submit]").click()

    deadline = time.monotonic() + 40
    while not page.locator("tr", has_text=typed["email"]).count():
        assert time.monotonic() < deadline, "no activation mail arrived"
        buyer.go("/demo/mails/")
    page.locator("tr", has_text=typed["email"]).locator("a").first.click()
    buyer.go(str(page.locator(".df-mail a[href*='/user/']").first.get_attribute("href")))
    buyer.see("main form [type=submit]").click()
    buyer.see("main a[href*='/user/login/']").click()
    buyer.sign_in(name, "Lychee-4711")
    assert buyer.path() in ("/cart/", "/orders/confirm/"), "registering led away from the checkout"
    if buyer.path() == "/cart/":
        buyer.see("[data-cart-checkout]").click()
    page.wait_for_url("**/orders/confirm/**")

    buyer.see("main a[data-address-book]").click()
    page.fill("[name=receiver]", "林晓禾")
    page.fill("[name=phone]", "13800138000")
    page.fill("[name=street]", "中关村大街 27 号")
    for field, code in (("province", "32"), ("city", "3201"), ("district_code", "320102")):
        page.select_option(f"[name={field}]", code)
        if field != "district_code":
            page.click("[name=refresh]")
    buyer.see("form:has([name=receiver]) [type=submit]:not([name=refresh])").click()
    page.wait_for_url("**/orders/confirm/**")

    page.check("[name=payment_method][value=cod]")
    buyer.see("[data-once]").click()
    page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    assert "订单已提交" in buyer.see("main h1").inner_text()
    page.go_back()
    page.reload()
    assert "已下单" in page.locator("main").inner_text()
