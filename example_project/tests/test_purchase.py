"""One whole purchase in a real browser, on the demo as a newcomer gets it: free ports, an empty folder."""

import re
import time
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from demo.accounts import BUYER, MERCHANT, PASSWORD
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser


def prices(visitor: Visitor) -> list[float]:
    texts = visitor.page.locator("[data-goods-results] .df-price").all_inner_texts()
    return [float(re.findall(r"\d+\.\d\d", text.replace("\n", "").replace(" ", ""))[0]) for text in texts]


def test_a_newcomer_buys_strawberries_and_reviews_them(browser: "playwright.Browser", shop: str) -> None:
    buyer, merchant = Visitor(browser, shop), Visitor(browser, shop)
    name = f"buyer{int(time.time()) % 10**8}"

    look_around(buyer)
    sku_id = find_strawberries_in_chinese(buyer)
    register_and_activate(buyer, name)
    fill_the_cart(buyer, sku_id)
    give_an_address(buyer)
    number = place_the_order(buyer, sku_id)
    pay(buyer, number)
    ship(merchant, number)
    receive_and_review(buyer, number)
    find_the_review(buyer, sku_id)
    visit_the_user_centre(buyer, number)

    assert buyer.complaints == []
    assert merchant.complaints == []


def look_around(buyer: Visitor) -> None:
    """Home page, a list sorted by price, the next page of it, a detail page."""
    buyer.go("/")
    assert buyer.page.locator("[data-goods-card]").count() >= 24
    buyer.see(".df-floor .df-more, .df-nav a[href*='/list/']").click()
    buyer.see("[data-goods-results]")
    buyer.page.locator(".df-sortbar a[href*='/price/']").click()
    buyer.page.wait_for_url("**/price/1/**")
    playwright.expect(buyer.page.locator(".df-sortbar [aria-current]")).to_have_attribute(
        "href", re.compile("/price/1/")
    )
    assert prices(buyer) == sorted(prices(buyer))
    buyer.page.locator(".df-sortbar a[href*='/sales/']").click()
    buyer.page.wait_for_url("**/sales/1/**")
    buyer.see("[data-goods-card] h3 a").click()
    buyer.see("[data-goods-detail]")
    buyer.see("[data-goods-stepper] [data-step='1']").click()


def find_strawberries_in_chinese(buyer: Visitor) -> str:
    """The search knows 草莓; its first result is a pack of strawberries. Gives its sku_id."""
    buyer.page.fill("#q", "草莓")
    buyer.page.press("#q", "Enter")
    buyer.page.wait_for_url(f"**/search/?q={quote('草莓')}")
    results = buyer.page.locator("[data-goods-results] h3 a")
    assert "草莓" in results.first.inner_text()
    pack = buyer.page.locator("[data-goods-results] [data-goods-card]", has_text="300g/盒").first
    pack.locator("h3 a").click()
    detail = buyer.see("[data-goods-detail]")
    return str(detail.get_attribute("data-goods-detail"))


def register_and_activate(buyer: Visitor, name: str) -> None:
    """The mail comes by the Celery worker; its link activates the account; signing in leads back to `next`."""
    buyer.go("/user/register/")
    email = f"{name}@example.com"
    for field, value in {
        "username": name,
        "email": email,
        "password1": "Lychee-4711",
        "password2": "Lychee-4711",
    }.items():
        buyer.page.fill(f"[name={field}]", value)
    buyer.page.check("[name=agree]")
    buyer.see("main form [type=submit]").click()
    buyer.page.wait_for_url(lambda url: "/register" not in url)

    link = None
    deadline = time.monotonic() + 40
    while link is None and time.monotonic() < deadline:
        buyer.go("/demo/mails/")
        mail = buyer.page.locator("tr", has_text=email).locator("a")
        if mail.count():
            mail.first.click()
            link = buyer.page.locator(".df-mail a[href*='/user/']").first.get_attribute("href")
        else:
            time.sleep(0.5)
    assert link, "no activation mail arrived"
    buyer.go(link)
    buyer.see("main form [type=submit]").click()
    buyer.page.wait_for_load_state()

    buyer.go("/user/addresses/")
    assert parse_qs(urlsplit(buyer.page.url).query)["next"] == ["/user/addresses/"]
    buyer.sign_in(name, "Lychee-4711")
    buyer.page.wait_for_url("**/user/addresses/")


def fill_the_cart(buyer: Visitor, sku_id: str) -> None:
    """Two packs from the detail page, something from a card; one more in the cart, and the other line deleted."""
    buyer.go(f"/goods/{sku_id}/")
    buyer.see("[data-goods-stepper] [data-step='1']").click()
    buyer.see(f"[data-cart-put='{sku_id}']").click()
    buyer.badge(1)
    buyer.go("/list/veg/")
    buyer.page.locator("[data-cart-add] [data-cart-more='1']").first.click()
    buyer.badge(2)
    buyer.go("/cart/")
    line = buyer.page.locator(f"[data-cart-line='{sku_id}']")
    playwright.expect(line.locator("[data-cart-quantity]")).to_have_value("2")
    line.locator("[data-cart-step='1']").click()
    playwright.expect(line.locator(".df-cs")).to_contain_text("89.70")
    other = buyer.page.locator(f"[data-cart-line]:not([data-cart-line='{sku_id}'])")
    other.locator("[data-cart-remove]").click()
    playwright.expect(other).to_have_count(0)


def give_an_address(buyer: Visitor) -> None:
    """The confirm page has no address yet: it is given in a dialog over it, and chosen at once."""
    buyer.see("[data-cart-checkout]").click()
    buyer.page.wait_for_url("**/orders/confirm/**")
    buyer.see("main a[data-address-book]").click()
    buyer.see("dialog [name=receiver]").fill("林晓禾")
    buyer.page.fill("[name=phone]", "13800138000")
    for field in ("province", "city", "district_code"):
        select = buyer.page.locator(f"select[name={field}]")
        playwright.expect(select.locator("option[value]:not([value=''])").first).to_be_attached()
        if not select.input_value():
            select.select_option(index=1)
    buyer.page.fill("[name=street]", "中关村大街 27 号")
    buyer.see("dialog [data-areas] [type=submit]").click()
    playwright.expect(buyer.page.locator("[name=address]")).to_be_checked()
    playwright.expect(buyer.page.locator("[name=address]")).to_be_focused()


def place_the_order(buyer: Visitor, sku_id: str) -> str:
    """Address and payment are chosen already; the order empties the cart. Gives its number."""
    assert buyer.page.locator("[name=payment_method]:checked").input_value() == "alipay"
    buyer.see("[data-once]").click()
    buyer.page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    number = buyer.path().split("/")[-3]
    assert buyer.page.evaluate("$.getJSON('/cart/count/').then(answer => answer.data.count)") == 0
    return number


def pay(buyer: Visitor, number: str) -> None:
    """An AJAX POST gives the cashier's address; its notify settles the order, and the page says so."""
    buyer.see("[data-pay] button").click()
    buyer.page.wait_for_url("**/cashier/**")
    buyer.see("form[action$='/sign-in'] button").click()
    buyer.see("button[value=pay]").click()
    buyer.page.wait_for_url(lambda url: url.startswith(buyer.shop))
    buyer.go(f"/orders/{number}/pay/")
    playwright.expect(buyer.page.locator("[data-poll]")).to_have_count(0, timeout=30_000)
    buyer.see(f"a[href='/orders/{number}/']").click()
    buyer.see(".df-steps [aria-current=step], .df-steps .df-done")


def ship(merchant: Visitor, number: str) -> None:
    """The merchant ships it in the admin."""
    merchant.go("/admin/dailyfresh_orders/order/")
    merchant.sign_in(MERCHANT, PASSWORD)
    row = merchant.page.locator("#result_list tr", has_text=number)
    row.locator(".action-select").check()
    merchant.page.select_option("select[name=action]", "ship_orders")
    merchant.page.locator("button[name=index]").click()
    merchant.page.fill(f"[name='{number}-carrier']", "顺丰速运")
    merchant.page.fill(f"[name='{number}-tracking_number']", "SF1234567890")
    merchant.page.locator("#content form [type=submit]").first.click()
    merchant.see(".messagelist .success")


def receive_and_review(buyer: Visitor, number: str) -> None:
    buyer.go(f"/orders/{number}/")
    playwright.expect(buyer.page.locator("main")).to_contain_text("SF1234567890")
    buyer.page.on("dialog", lambda dialog: dialog.accept())
    buyer.see(f"form[action='/orders/{number}/receive/'] button").click()
    dialog = buyer.page.locator("dialog[open] .df-button:not(.df-button--neutral)").first
    if dialog.count():
        dialog.click()
    buyer.see(f"a[href='/orders/{number}/review/']").click()
    buyer.page.locator(".df-rate label[for$='-5']").click()
    buyer.page.locator("textarea[name$='-text']").fill("果香很浓，孩子一口气吃了半盒。")
    buyer.see("main form [type=submit], main form button:not([type])").click()
    buyer.page.wait_for_url(lambda url: not url.endswith("/review/"))


def find_the_review(buyer: Visitor, sku_id: str) -> None:
    """The detail page, which is the same for everybody and cached, shows it."""
    deadline = time.monotonic() + 20
    while True:
        buyer.go(f"/goods/{sku_id}/#reviews")
        if buyer.page.locator("#reviews", has_text="果香很浓").count():
            break
        assert time.monotonic() < deadline, "the review does not show"
        time.sleep(0.5)


def visit_the_user_centre(buyer: Visitor, number: str) -> None:
    """Orders, addresses, and the goods viewed last."""
    buyer.go("/user/")
    playwright.expect(buyer.page.locator("[data-goods-history-list] [data-goods-card]").first).to_be_visible()
    assert buyer.page.locator("[data-goods-history-list] [data-goods-card]").count() <= 5
    assert "中关村大街" in buyer.page.locator("main").inner_text()
    buyer.go("/orders/")
    assert number in buyer.page.locator("main").inner_text()


def test_a_first_look_costs_no_request_of_its_own(browser: "playwright.Browser", shop: str) -> None:
    """Who has neither cart nor account is served by the page alone; the first thing put into the cart changes that."""
    guest = Visitor(browser, shop)
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(urlsplit(request.url).path))

    guest.go("/list/fruit/")
    guest.page.wait_for_load_state("networkidle")
    assert "/visitor/" not in asked

    guest.page.locator("[data-cart-add] [data-cart-more='1']").first.click()
    guest.badge(1)
    guest.go("/list/fruit/")
    guest.badge(1)

    assert asked.count("/visitor/") == 2
    assert guest.complaints == []


def test_the_new_goods_on_the_page_of_one_of_them_are_the_others(browser: "playwright.Browser", shop: str) -> None:
    guest = Visitor(browser, shop)
    guest.go("/list/fruit/new/")
    cards = "[data-goods-card]"
    newest, *others = (card.get_attribute("data-goods-card") for card in guest.page.locator(cards).all())
    guest.go(f"/goods/{newest}/")
    guest.see(f"[data-goods-fragment] {cards}")
    shown = [
        card.get_attribute("data-goods-card") for card in guest.page.locator(f"[data-goods-fragment] {cards}").all()
    ]
    assert others
    assert shown == others


def test_a_phone_offers_language_and_dark_mode_and_no_page_is_wider_than_it(
    browser: "playwright.Browser", shop: str
) -> None:
    phone = Visitor(browser, shop)
    phone.page.set_viewport_size({"width": 390, "height": 844})

    phone.go("/list/fruit/")
    phone.see("footer [hreflang=en]").click()
    phone.page.wait_for_url("**/en/list/fruit/")
    phone.see("footer [data-theme-switch]").click()
    playwright.expect(phone.page.locator("html")).to_have_attribute("data-theme", "dark")

    for path in ("/en/", "/en/list/fruit/", "/en/search/?q=草莓", "/en/goods/1/", "/en/cart/", "/en/user/register/"):
        phone.go(path)
        assert phone.page.evaluate("document.scrollingElement.scrollWidth") == 390, path
    assert phone.complaints == []


def test_a_dish_is_taken_by_one_click_and_not_offered_where_nothing_can_follow_it(
    browser: "playwright.Browser", shop: str
) -> None:
    guest, plain = Visitor(browser, shop), Visitor(browser, shop, java_script_enabled=False)
    for visitor in (guest, plain):
        visitor.go("/search/?q=番茄炒蛋")
        assert visitor.page.locator("[data-together-part]").count() == 2
    assert not plain.page.locator("[data-take-all]").is_visible()
    guest.see("[data-take-all]").click()
    guest.badge(2)
    playwright.expect(guest.page.locator("[data-take-all]")).to_be_visible()
    assert guest.complaints == []


def test_who_was_here_before_has_the_way_to_what_they_often_buy_on_the_first_screen(
    browser: "playwright.Browser", shop: str
) -> None:
    phone = Visitor(browser, shop)
    phone.page.set_viewport_size({"width": 390, "height": 844})
    phone.go("/")
    known = phone.page.locator(".df-known")
    assert not known.is_visible()
    phone.go("/goods/3/")
    with phone.page.expect_response("**/cart/add/"):
        phone.see("[data-cart-put]").click()
    phone.go("/")
    box = known.bounding_box()
    assert box["y"] + box["height"] < 844
    known.locator("a").first.click()
    phone.page.wait_for_url("**/user/login/?next=/usuals/")


def test_an_invoice_title_is_added_over_the_checkout_and_nothing_on_it_is_lost(
    browser: "playwright.Browser", shop: str
) -> None:
    buyer = Visitor(browser, shop)
    buyer.go("/user/login/?next=/orders/confirm/%3Fbuy%3D3%3A1")
    buyer.sign_in(BUYER, PASSWORD)
    buyer.page.wait_for_url("**/orders/confirm/**")
    buyer.page.fill("[name=note]", "请放门口")
    buyer.see("[data-invoice-book]").click()
    dialog = buyer.page.locator("dialog[open]")
    dialog.locator("[value=company]").check()
    dialog.locator("[name=title]").fill("Corner Kitchen Ltd")
    dialog.locator("[data-invoice-form] button").click()
    playwright.expect(dialog.locator(".df-error")).to_have_count(1)
    playwright.expect(dialog.locator("[name=tax_number]")).to_be_focused()
    dialog.locator("[value=personal]").check()
    dialog.locator("[data-invoice-form] button").click()
    playwright.expect(dialog).to_have_count(0)
    playwright.expect(buyer.page.locator("#df-invoice")).to_be_focused()
    assert "Corner Kitchen" in buyer.page.locator("#df-invoice option:checked").inner_text()
    assert buyer.page.input_value("[name=note]") == "请放门口"
    assert buyer.path() == "/orders/confirm/"
    assert [words for words in buyer.complaints if "400" not in words] == []


def test_a_phone_shows_where_the_unread_messages_are(browser: "playwright.Browser", shop: str) -> None:
    buyer = Visitor(browser, shop)
    buyer.page.set_viewport_size({"width": 390, "height": 844})
    buyer.go("/user/login/?next=/user/")
    buyer.sign_in(BUYER, PASSWORD)
    buyer.page.wait_for_url("**/user/")
    playwright.expect(buyer.page.locator(".df-umenu a[href='/orders/messages/']")).to_be_in_viewport(ratio=1)
