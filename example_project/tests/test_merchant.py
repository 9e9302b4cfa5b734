"""The merchant's day with offers in a real browser: one of each kind by its form, a look ahead, coupons for a buyer, and an end."""

import re
from datetime import timedelta

import pytest
from demo.accounts import BUYER, MERCHANT, PASSWORD
from django.utils import timezone
from visitor import Visitor, playwright

pytestmark = pytest.mark.browser

PAGES = "/admin/dailyfresh_promotions"
KINDS = {
    "off": {"step_1_0": "1", "step_1_1": "0.50"},
    "each": {"reach": "50", "off": "8", "cap": "30"},
    "percent": {"step_1_0": "0", "step_1_1": "88"},
    "cheapest": {"every": "3", "few": "1", "rate": "0"},
    "bundle": {"every": "3", "price": "12.90"},
    "price": {"rate": "95"},
    "flash": {"limits-0-price": "0.10", "limits-0-quantity": "5"},
    "freight": {"reach": "59"},
}
"""What is filled in beside the goods and the days."""


def test_a_merchant_makes_an_offer_of_each_kind_looks_ahead_hands_coupons_out_and_stops_all(
    browser: "playwright.Browser", shop: str
) -> None:
    merchant = Visitor(browser, shop)
    merchant.go("/")
    merchant.see("[data-goods-card] h3 a").click()
    sku_id = str(merchant.see("[data-goods-detail]").get_attribute("data-goods-detail"))
    merchant.go(f"{PAGES}/rule/add/")
    merchant.sign_in(MERCHANT, PASSWORD)
    playwright.expect(merchant.page.locator(".object-tools-kinds a")).to_have_count(len(KINDS))
    for kind, numbers in KINDS.items():
        make_an_offer(merchant, kind, numbers, sku_id)
    look_ahead(merchant, sku_id)
    hand_coupons_out(merchant)
    choose(merchant, "batch", "make_void")
    choose(merchant, "rule", "stop")
    merchant.go(f"{PAGES}/rule/?q=walk&active__exact=1")
    playwright.expect(merchant.page.locator("#result_list")).to_have_count(0)
    assert merchant.complaints == []


WRONG = """(by => {
  const Right = Date;
  Date = class extends Right {
    constructor(...asked) { if (asked.length) { super(...asked); } else { super(Right.now() + by); } }
    static now() { return Right.now() + by; }
  };
})(%d)"""
"""The browser's clock, so many milliseconds ahead."""


def test_a_count_down_is_right_where_the_clock_of_the_browser_is_not(browser: "playwright.Browser", shop: str) -> None:
    merchant = Visitor(browser, shop)
    merchant.go("/")
    merchant.see("[data-goods-card] h3 a").click()
    page, sku_id = merchant.path(), str(merchant.see("[data-goods-detail]").get_attribute("data-goods-detail"))
    merchant.go(f"{PAGES}/rule/add/")
    merchant.sign_in(MERCHANT, PASSWORD)
    ends = timezone.localtime() + timedelta(minutes=90)
    make_an_offer(
        merchant, "price", {"rate": "95", "ends_0": f"{ends:%Y-%m-%d}", "ends_1": f"{ends:%H:%M:%S}"}, sku_id, starts=""
    )
    for hours in (5, -3):
        visitor = Visitor(browser, shop)
        visitor.context.add_init_script(WRONG % (hours * 3_600_000))
        visitor.go(page)
        playwright.expect(visitor.see(".df-offers time.df-cd")).to_have_text(re.compile(r"^0\d:\d\d:\d\d$"))
        said, thinks = visitor.page.evaluate(
            "[document.querySelector('.df-offers time.df-cd').textContent, Date.now() / 1000]"
        )
        left = sum(int(part) * unit for part, unit in zip(said.split(":"), (3600, 60, 1), strict=True))
        assert abs(left - (ends - timezone.now()).total_seconds()) < 300
        assert abs(thinks - timezone.now().timestamp()) > 2 * 3600
        assert visitor.complaints == []
    choose(merchant, "rule", "stop")


def make_an_offer(
    merchant: Visitor, kind: str, numbers: dict[str, str], sku_id: str, starts: str | None = None
) -> None:
    """By the form of its kind; it is for tomorrow only, where nothing else is said, so that nobody else meets it."""
    merchant.go(f"{PAGES}/rule/add/?kind={kind}")
    tomorrow = timezone.localdate() + timedelta(days=1)
    goods = {"limits-0-sku_id": sku_id} if kind == "flash" else {"skus": sku_id}
    days = {
        "starts_0": str(tomorrow) if starts is None else starts,
        "starts_1": "00:00:00" if starts is None else starts,
        "ends_0": str(tomorrow + timedelta(1)),
        "ends_1": "00:00",
    }
    for name, value in {"name": f"walk {kind}", "label": f"On {kind}", **goods, **days, **numbers}.items():
        merchant.page.fill(f"[name='{name}']", value)
    merchant.page.click("[name=_save]")
    merchant.see(".messagelist .success")
    playwright.expect(merchant.page.locator("#result_list")).to_contain_text(f"walk {kind}")


def look_ahead(merchant: Visitor, sku_id: str) -> None:
    """What a basket costs tomorrow at noon, the day chosen in the calendar: a flash price stands alone, the others say why not."""
    merchant.see(f"a[href='{PAGES}/rule/preview/']").click()
    merchant.page.fill("[name=basket]", f"{sku_id} 3")
    merchant.page.locator("#calendarlink0").click()
    merchant.page.locator("#calendarbox0 .calendar-shortcuts a").last.click()
    merchant.page.fill("[name=at_1]", "12:00")
    merchant.page.fill("[name=freight]", "10")
    merchant.see("form.module [type=submit]").click()
    found = merchant.page.locator("#content")
    for kind in KINDS:
        playwright.expect(found).to_contain_text(f"On {kind}")


def hand_coupons_out(merchant: Visitor) -> None:
    """A batch by its form, given to a buyer by the worker."""
    merchant.go(f"{PAGES}/batch/add/?kind=off")
    for name, value in {"name": "walk coupon", "step_1_0": "0", "step_1_1": "3", "total": "5"}.items():
        merchant.page.fill(f"[name={name}]", value)
    merchant.page.click("[name=_save]")
    merchant.go(f"{PAGES}/issue/add/")
    merchant.page.select_option("[name=batch]", label="walk coupon")
    merchant.page.fill("[name=usernames]", BUYER)
    merchant.page.click("[name=_save]")
    issued = merchant.page.locator("#result_list tr", has_text="walk coupon").first.locator(".field-issued")
    for _again in range(40):
        if issued.inner_text() == "1":
            break
        merchant.page.wait_for_timeout(250)
        merchant.page.reload()
    playwright.expect(issued).to_have_text("1")


def choose(merchant: Visitor, model: str, action: str) -> None:
    """An action for all rows of ours in a list."""
    merchant.go(f"{PAGES}/{model}/?q=walk")
    merchant.page.check("#action-toggle")
    merchant.page.select_option("select[name=action]", action)
    merchant.page.locator("button[name=index]").click()
    merchant.see(".messagelist .info")


def test_details_are_written_as_they_will_be_read_and_what_the_editor_does_not_know_stays_html(
    browser: "playwright.Browser", shop: str
) -> None:
    merchant = Visitor(browser, shop, locale="zh-CN")
    merchant.go("/admin/dailyfresh_goods/spu/?q=红颜草莓")
    merchant.sign_in(MERCHANT, PASSWORD)
    merchant.see("#result_list th.field-name a").click()
    field = merchant.page.locator("#id_detail")
    was = field.input_value()
    bold = merchant.page.locator(".prose-menubar__button[title=加粗]")
    playwright.expect(bold).to_have_count(2)  # that of the English text, too
    assert field.input_value() == was  # looking changes nothing
    text = merchant.see(".prose-editor .ProseMirror")
    text.click()
    merchant.page.keyboard.press("Control+Home")
    bold.first.click()
    merchant.page.keyboard.type("今早到货")
    playwright.expect(field).to_have_value(was.replace("<p>", "<p><strong>今早到货</strong>", 1))
    merchant.page.click("[name=_continue]")
    merchant.see(".messagelist .success")
    playwright.expect(merchant.page.locator(".prose-editor strong").first).to_have_text("今早到货")
    merchant.page.evaluate("document.querySelector('#id_detail').value = '<div class=\"sheet\"><p>表</p></div>'")
    merchant.page.click("[name=_continue]")
    merchant.see(".df-unknown")
    assert merchant.see("#id_detail").input_value() == '<div class="sheet"><p>表</p></div>'
    merchant.page.fill("#id_detail", was)
    merchant.page.click("[name=_save]")
    merchant.see(".messagelist .success")
    assert merchant.complaints == []
