"""Every page is walked: wide and narrow, light and dark, in both languages, over the demo's goods and a stranger's.

What is looked for on each: a word in the console, a breach of the policy, a page wider than its window, a sentence of the
other language, something that moves after it was shown, a picture that does not come, and what axe knows of.
"""

import re
from typing import Any

import pytest
from demo.accounts import BUYER, PASSWORD
from django.utils.translation.trans_real import translation
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
WAYS = [
    (1280, "light", ""),
    (1280, "dark", "/en"),
    (390, "light", "/en"),
    (390, "dark", ""),
    (320, "light", ""),
    (320, "dark", "/en"),
]
"""Width, scheme, language: each pair of two of them is there. CI walks two, `make prove` the others."""
AT_ONCE = (0, 3)
PUBLIC = [
    "/",
    "/list/fruit/",
    "/list/frozen/price/1/",
    "/search/?q=馄饨",
    "/search/?q=番茄炒蛋",
    "/search/?q=xyzzy",
    "/goods/1/",
    "/cart/",
]
PUBLIC += [
    "/user/login/",
    "/user/register/",
    "/user/activate/",
    "/user/password/reset/",
    "/about/",
    "/terms/",
    "/privacy/",
]
PUBLIC += ["/user/login/?next=/orders/", "/orders/find/", "/offline/", "/orders/reviews/1/", "wide", "high", "bare"]
OWN = [
    "/user/",
    "/user/addresses/",
    "/user/security/",
    "/user/password/",
    "/user/erase/",
    "/orders/",
    "/orders/reviews/",
]
OWN += ["/wishes/", "/wishes/?kind=back", "/orders/invoices/", "/coupons/mine/"]
OWN += ["/orders/messages/", "/orders/messages/choices/", "/cart/", "confirm", "detail", "pay"]
AXE = {"rules": {"target-size": {"enabled": True}}}
"""What it does not look at by itself: whether a finger meets what it means."""
LISTEN = """
window.__moved = {by: 0, what: []};
new PerformanceObserver(list => {
  for (const entry of list.getEntries().filter(entry => !entry.hadRecentInput)) {
    window.__moved.by += entry.value;
    window.__moved.what.push(...entry.sources.map(({node}) => node?.outerHTML?.slice(0, 80) ?? node?.textContent));
  }
}).observe({type: "layout-shift", buffered: true});
document.addEventListener("securitypolicyviolation", event => console.error("CSP " + event.violatedDirective));
"""
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), box = walker.currentNode.parentElement;
    if (text && !box.closest("script, style, body [lang], [hreflang], .df-foot [data-theme-switch]") && box.checkVisibility()) { found.push(text); }
  }
  for (const box of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
    found.push(box.getAttribute("aria-label") || box.getAttribute("placeholder") || box.getAttribute("title"));
  }
  return found;
}"""


@pytest.fixture(scope="module")
def places(browser: "playwright.Browser", shop: str, goods: dict[str, str]) -> dict[str, str]:
    """Addresses that are known only once something was bought: an order of the buyer's, and more in the cart."""
    buyer = Visitor(browser, shop)
    buyer.go("/user/login/")
    buyer.sign_in(BUYER, PASSWORD)
    buyer.page.wait_for_url("**/user/")
    for path in (goods["wide"], goods["bare"], "/goods/2/"):
        buyer.go(path)
        with buyer.page.expect_response("**/cart/add/"):
            buyer.see("[data-cart-put]").click()
    confirm = f"/orders/confirm/?buy={goods['high'].split('/')[2]}:2&buy=2:1"
    buyer.go(confirm)
    buyer.see("[data-once]").click()
    buyer.page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    order = buyer.path().removesuffix("pay/")
    buyer.context.close()
    return {**goods, "confirm": confirm, "detail": order, "pay": f"{order}pay/"}


@pytest.fixture(scope="module")
def axe() -> Any:
    """The checks of axe-core."""
    return pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python").Axe()


def words_of(language: str) -> set[str]:
    """Whole sentences and labels of the other language, as the catalogues have them."""
    pairs = {key: text for key, text in translation("zh-hans")._catalog.items() if isinstance(key, str) and text != key}
    plain = {key.rpartition("\x04")[2]: text for key, text in pairs.items()}
    if language:
        return {text for text in plain.values() if len(text) > 1 and re.search("[\u4e00-\u9fff]", text)}
    return {key for key in plain if re.search("[a-z]{3}", key)}


def faults(visitor: Visitor, path: str, foreign_words: set[str], axe: Any) -> list[str]:
    """What is wrong with the page that is shown."""
    page, found = visitor.page, []
    page.wait_for_load_state("networkidle")
    found += visitor.complaints
    visitor.complaints.clear()
    wide = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    found += [f"{wide[0]} px wide in a window of {wide[1]}"] if wide[0] > wide[1] else []
    found += [f"not translated: {text}" for text in page.evaluate(TEXTS) if text in foreign_words]
    moved = page.evaluate("window.__moved")
    found += [f"moved by {moved['by']:.3f}: {moved['what']}"] if moved["by"] > 0.05 else []
    broken = page.evaluate("[...document.images].filter(i => i.complete && i.src && !i.naturalWidth).map(i => i.src)")
    found += [f"no picture: {source}" for source in broken]
    if axe is not None:
        results = axe.run(page, options=AXE).response["violations"]
        found += [f"axe {each['id']}: {each['nodes'][0]['html'][:160]}" for each in results]
    return [f"{path}: {fault}" for fault in found]


@pytest.mark.parametrize(
    "turn", [pytest.param(n, marks=() if n in AT_ONCE else pytest.mark.prove) for n in range(len(WAYS))]
)
def test_nothing_is_wrong_on_any_page(
    browser: "playwright.Browser", shop: str, places: dict[str, str], axe: Any, turn: int
) -> None:
    width, scheme, language = WAYS[turn]
    found: list[str] = []
    foreign_words = words_of(language)
    for pages, name in ((PUBLIC, ""), (OWN, BUYER)):
        visitor = Visitor(browser, shop)
        visitor.context.add_init_script(LISTEN)
        visitor.page.set_viewport_size({"width": width, "height": 844})
        visitor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if name:
            visitor.go("/user/login/")
            visitor.sign_in(name, PASSWORD)
            visitor.page.wait_for_url("**/user/")
        # Each page is walked two ways of six, the second of them by axe too.
        for number, page in enumerate(pages):
            if turn % 3 == number % 3:
                path = language + places.get(page, page)
                visitor.go(path)
                found += faults(visitor, path, foreign_words, axe if turn >= 3 else None)
        visitor.context.close()
    assert found == []
