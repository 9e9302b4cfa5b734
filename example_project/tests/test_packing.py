"""Packing with a phone in a cellar: what is picked there is sent later, a reload brings the page back, and nothing stays behind."""

from collections.abc import Iterator

import pytest
from demo.accounts import MERCHANT, PASSWORD
from test_times import buyer_at, confirm_url, placed
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
CACHES = "async () => (await caches.keys()).filter(name => name.startsWith('dailyfresh-packing')).length"
KEPT = """async path => {
    const worker = await navigator.serviceWorker.getRegistration(path);
    const waves = await caches.match('/orders/packing/?kept');
    return !!(waves && worker && worker.scope.endsWith('/packing/') && worker.active && await caches.match(path + '?kept'));
}"""


@pytest.fixture(scope="module")
def number(browser: "playwright.Browser", shop: str) -> str:
    """An order of two things that waits to be packed; one for several tests, since a buyer may have so many on their way."""
    return ordered(browser, shop, f"{confirm_url()}&buy=6:1")


def ordered(browser: "playwright.Browser", shop: str, confirm: str) -> str:
    """Places an order; its number."""
    buyer = buyer_at(browser, shop, confirm)
    buyer.page.check("[name=payment_method][value=cod]")
    buyer.see("[data-once]:not(:disabled)").click()
    return placed(buyer).split("/")[2]


@pytest.fixture
def picker(browser: "playwright.Browser", shop: str) -> Iterator[Visitor]:
    picker = picking(browser, shop)
    yield picker
    picker.context.close()


def picking(browser: "playwright.Browser", shop: str, **more: str) -> Visitor:
    picker = Visitor(browser, shop, color_scheme="dark", **more)
    picker.page.set_viewport_size({"width": 390, "height": 844})
    picker.go("/user/login/")
    picker.sign_in(MERCHANT, PASSWORD)
    picker.page.wait_for_url("**/user/")
    return picker


def online(picker: Visitor, path: str) -> None:
    """The page of the server: a browser's worker may learn a moment after its page that the network is back."""
    picker.go(path)
    for _again in range(40):
        if not picker.page.locator("[data-copy]").count():
            return
        picker.page.wait_for_timeout(500)
        picker.go(path)
    raise AssertionError("still a copy")


def test_a_reload_without_a_network_keeps_the_box_and_its_picks_and_no_address(
    browser: "playwright.Browser", shop: str, picker: Visitor
) -> None:
    page = picker.page
    picker.go("/orders/packing/")
    picker.until("async () => !!await caches.match('/orders/packing/?kept')")
    number = ordered(browser, shop, confirm_url())
    box = f"/orders/packing/{number}/"
    picker.go(box)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    address = page.locator("[data-packing] > p.df-c2").inner_text().partition("·")[2].strip()
    assert address
    picker.until(KEPT, box)

    picker.context.set_offline(True)
    page.reload()
    assert "没有网络" in picker.see("[role=status]:has-text('网络')").inner_text()
    assert address not in page.content()
    picker.see("[data-pick] button").click()
    playwright.expect(page.locator("[data-waiting]")).to_contain_text("1 ·")
    page.reload()
    playwright.expect(page.locator("[data-waiting]")).to_contain_text("1 ·")
    assert page.locator(".df-picked").count() == 1
    picker.see("[data-finish] button").click()
    playwright.expect(page.locator("[data-finish] button")).to_be_enabled()  # refused, and not for ever
    picker.go("/orders/packing/")  # as it was before there was the order: what it does not know stays all the same
    assert number not in page.content()
    picker.go(box)
    playwright.expect(page.locator("[data-waiting]")).to_contain_text("1 ·")

    picker.context.set_offline(False)
    online(picker, box)
    playwright.expect(page.locator(".df-inbox")).to_contain_text("✓")
    playwright.expect(page.locator("[data-waiting]")).to_be_hidden()
    assert address in page.content()
    picker.see("[data-finish] button").click()
    playwright.expect(page.locator(".df-close")).to_have_count(0)
    picker.until(f"async () => !(await caches.match('{box}?kept'))")


def test_a_page_that_was_asked_for_just_before_a_pick_was_answered_shows_it_all_the_same(
    browser: "playwright.Browser", shop: str, number: str
) -> None:
    """When the network is back what waits is sent while the page is loaded anew: neither knows of the other."""
    picker = picking(browser, shop, service_workers="block")  # a worker's questions cannot be answered here
    page, box = picker.page, f"/orders/packing/{number}/"
    before = page.request.get(shop + box).text()
    picker.go(box)
    card = page.locator(f"#{page.locator('.df-pick:not(.df-picked)').first.get_attribute('id')}")
    card.locator("[data-pick] button").first.click()
    playwright.expect(card.locator(".df-inbox")).to_contain_text("✓")
    playwright.expect(page.locator("[data-waiting]")).to_be_hidden()

    page.route(shop + box, lambda route: route.fulfill(body=before, content_type="text/html"))
    page.reload()
    playwright.expect(card.locator(".df-inbox")).to_contain_text("✓")
    playwright.expect(page.locator("[data-waiting]")).to_be_hidden()
    page.unroute_all()
    page.reload()
    playwright.expect(card.locator(".df-inbox")).to_contain_text("✓")
    assert page.evaluate("Object.keys(localStorage).filter(name => localStorage[name] !== '[]').length") == 0
    picker.context.close()


def test_rubbish_in_the_browser_s_store_keeps_nobody_from_packing(picker: Visitor, number: str) -> None:
    page = picker.page
    picker.go(f"/orders/packing/{number}/")
    foreign = '[{"key": "1", "line": 1, "url": "//evil", "data": "x"}]'
    for rubbish in ('{"a": 1}', "[null, 7]", '"x"', "{", foreign):
        page.evaluate("([name, text]) => localStorage.setItem(name, text)", [f"dailyfresh.picks.{number}", rubbish])
        page.reload()
        playwright.expect(page.locator("[data-waiting]")).to_be_hidden()
    card = page.locator(f"#{page.locator('.df-pick:not(.df-picked)').first.get_attribute('id')}")
    card.locator("[data-pick] button").first.click()
    playwright.expect(card.locator(".df-inbox")).to_contain_text("✓")
    assert picker.complaints == []


@pytest.mark.parametrize(
    ("path", "button"), [("/user/logout/", "main form [type=submit]"), ("/admin/", "#logout-form button")]
)
def test_who_signs_out_leaves_nothing_of_the_packing_on_the_phone(
    picker: Visitor, number: str, path: str, button: str
) -> None:
    page, box = picker.page, f"/orders/packing/{number}/"
    picker.go(box)
    picker.until(KEPT, box)
    assert page.evaluate(CACHES) > 0
    picker.go(path)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        picker.see(button).click()
    picker.until(CACHES.replace(".length", ".length === 0"))


def test_a_phone_whose_picker_was_signed_out_elsewhere_forgets_at_the_next_look(picker: Visitor, number: str) -> None:
    page, box = picker.page, f"/orders/packing/{number}/"
    picker.go(box)
    picker.until(KEPT, box)
    picker.context.clear_cookies()
    picker.go("/orders/packing/")
    page.wait_for_url("**/login/**")
    picker.until(CACHES.replace(".length", ".length === 0"))
