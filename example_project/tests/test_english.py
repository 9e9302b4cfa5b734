"""English pages are English: goods, types, offers and places too. What is not must say which language it is in."""

import re

import pytest
from demo.accounts import BUYER, PASSWORD
from foreign import GOODS
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser
PUBLIC = ["/", "/list/fruit/", "/list/frozen/price/1/", "/list/veg/?storage=chilled", "/goods/1/", "/goods/62/"]
PUBLIC += ["/search/?q=tomato", "/search/?q=egg&sort=price", "/search/?q=xyzzy", "/search/?q=tomato and egg", "/cart/"]
PUBLIC += ["/delivery/", "/coupons/", "/about/", "/terms/", "/privacy/", "/offline/", "/nothing/here/", "/user/login/"]
OWN = ["/user/", "/orders/", "/orders/reviews/", "/orders/invoices/", "/wishes/", "/usuals/"]
OWN += ["/coupons/mine/", "/cart/"]  # not the messages: they tell of orders that other tests placed in Chinese
WRITTEN = ["林晓禾", "林", "北京市", "海淀区", "中关村大街 27 号", *(name[:80] for _slug, name, _size, _price in GOODS)]
"""What the buyer wrote is as they wrote it; a stranger's goods, which other tests bring, are not translated, and an attribute cannot say so."""
CHINESE = """() => {
  const chinese = /[\\u3400-\\u9fff]/, found = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) {
    const node = walker.currentNode, box = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (/^zh/.test(box.closest("[lang]").lang)) { continue; }
    if (node !== box) { if (chinese.test(node.data)) { found.push(node.data.trim()); } continue; }
    for (const name of ["alt", "aria-label", "title", "placeholder", "content"]) {
      if (chinese.test(box.getAttribute(name) || "")) { found.push(name + ": " + box.getAttribute(name)); }
    }
  }
  return found;
}"""


def chinese(visitor: Visitor) -> list[str]:
    """What of the page is Chinese and does not say so."""
    visitor.page.wait_for_load_state("networkidle")
    assert visitor.page.locator("html").get_attribute("lang") == "en", visitor.path()
    links = visitor.page.locator(
        "main a[href^='/']:not([href^='/en/'], [href^='/media/'], [href^='/static/'], [hreflang])"
    ).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == [], visitor.path()
    said = [re.sub("|".join(WRITTEN), "", text) for text in visitor.page.evaluate(CHINESE)]
    return [f"{visitor.path()}: {text}" for text in said if re.search("[\u3400-\u9fff]", text)]


def test_no_page_of_the_shop_says_anything_in_chinese(browser: "playwright.Browser", shop: str) -> None:
    visitor, found = Visitor(browser, shop), []
    for path in PUBLIC:
        visitor.go(f"/en{path}")
        found += chinese(visitor)
    visitor.context.close()
    assert found == []


def test_nothing_on_the_way_to_an_order_is_in_chinese(browser: "playwright.Browser", shop: str) -> None:
    buyer, found = Visitor(browser, shop), []
    buyer.go("/en/user/login/")
    buyer.sign_in(BUYER, PASSWORD)
    buyer.page.wait_for_url("**/user/")
    buyer.go("/en/goods/5/")
    with buyer.page.expect_response("**/cart/add/"):
        buyer.see("[data-cart-put]").click()
    for path in OWN:
        buyer.go(f"/en{path}")
        found += chinese(buyer)
    buyer.go("/en/orders/confirm/?buy=5:500g&buy=6:1")
    found += chinese(buyer)
    buyer.see("[data-once]").click()
    buyer.page.wait_for_url(re.compile(r"/orders/\w+/pay/"))
    found += chinese(buyer)
    buyer.go(buyer.path().removesuffix("pay/"))
    found += chinese(buyer)
    assert "Hainan bananas" in buyer.page.inner_text("main")
    buyer.go("/orders/")
    playwright.expect(buyer.page.locator('main bdi[lang="en"]').first).to_contain_text("Hainan bananas")
    buyer.context.close()
    assert found == []


def test_what_is_suggested_and_was_viewed_last_is_in_english(browser: "playwright.Browser", shop: str) -> None:
    visitor = Visitor(browser, shop)
    visitor.go("/en/goods/3/")
    visitor.page.wait_for_load_state("networkidle")
    visitor.go("/en/")
    playwright.expect(visitor.page.locator("[data-goods-history-list] a")).to_have_text("Kyoho grapes")
    visitor.see("[type=search]").press_sequentially("straw")
    playwright.expect(visitor.page.locator("[role=option]").first).to_contain_text("Hongyan strawberries")
    assert chinese(visitor) == []
    visitor.context.close()


def test_what_has_no_translation_says_which_language_it_is_in(
    browser: "playwright.Browser", shop: str, goods: dict[str, str]
) -> None:
    visitor = Visitor(browser, shop)
    for path, selector in ((goods["high"], "h1 bdi"), ("/list/frozen/", ".df-card a")):
        visitor.go(f"/en{path}")
        marked = visitor.page.locator(f'{selector}[lang="zh-hans"]', has_text="粽")
        playwright.expect(marked.first).to_be_visible()
        assert chinese(visitor) == []
    visitor.context.close()
