"""The search box in a real browser, under a strict content policy: keyboard, ARIA, recent searches, late answers."""

import os
import re
import shutil

import pytest

api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = api.expect
expect.set_options(timeout=20_000)  # a machine with much else to do is no fault
SEARCH = "/goods-shop/search/"


@pytest.fixture(scope="module")
def chromium():
    path = os.environ.get("CHROMIUM", shutil.which("chromium") or shutil.which("chromium-browser"))
    if not path:
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)("needs CHROMIUM")
    # Playwright's loop runs in this thread, and Django would refuse the database beside a running loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def shop(transactional_db, tmp_path):
    from demo import indexed, use_index

    with use_index(tmp_path):
        yield indexed()


@pytest.fixture
def opened(chromium, live_server, shop):
    """Opens the search page, with or without JavaScript; nothing may go wrong in it."""
    wrong, contexts = [], []

    def open_(**options):
        context = chromium.new_context(base_url=live_server.url, locale="en", reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "console", lambda message: message.type == "error" and wrong.append(f"{message.text} {message.location}")
        )
        page.goto(SEARCH)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


def box(page):
    return page.get_by_role("combobox", name="Search goods")


def options(page):
    return page.get_by_role("option")


def chosen(page):
    return page.locator("[role=option][aria-selected=true]")


def test_the_box_is_a_combobox_that_says_what_it_shows(opened):
    page = opened()
    field = box(page)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_attribute("aria-autocomplete", "list")
    field.press_sequentially("caomei")
    expect(field).to_have_attribute("aria-expanded", "true")
    listbox = page.locator(f"#{field.get_attribute('aria-controls')}")
    expect(listbox).to_have_role("listbox")
    expect(listbox.get_by_role("group", name="Goods").get_by_role("option").first).to_contain_text("红颜草莓")
    expect(listbox.locator("mark").first).to_have_text("草莓")
    expect(page.get_by_role("status").filter(has_text="Up and down arrows choose")).to_have_count(1)


def test_arrows_choose_in_a_ring_that_goes_through_the_box(opened):
    page = opened()
    field = box(page)
    field.press_sequentially("虾")
    expect(options(page)).to_have_count(3)
    for place in (0, 1, 2):
        field.press("ArrowDown")
        expect(options(page).nth(place)).to_have_attribute("aria-selected", "true")
        expect(field).to_have_attribute("aria-activedescendant", options(page).nth(place).get_attribute("id"))
        expect(chosen(page)).to_have_count(1)
    field.press("ArrowDown")
    expect(chosen(page)).to_have_count(0)
    expect(field).not_to_have_attribute("aria-activedescendant", re.compile("."))
    expect(field).to_be_focused()
    field.press("ArrowUp")
    expect(options(page).nth(2)).to_have_attribute("aria-selected", "true")
    expect(field).to_have_value("虾")


def test_escape_closes_and_keeps_what_was_typed_and_an_arrow_opens_again(opened):
    page = opened()
    field = box(page)
    field.press_sequentially("虾")
    expect(options(page)).to_have_count(3)
    field.press("ArrowDown")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(options(page).first).to_be_hidden()
    expect(field).to_have_value("虾")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")


def test_tab_closes_and_goes_on_to_the_button(opened):
    page = opened()
    field = box(page)
    field.press_sequentially("虾")
    expect(options(page)).to_have_count(3)
    field.press("Tab")
    expect(options(page).first).to_be_hidden()
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_focused()


def test_enter_opens_the_goods_that_are_chosen_and_else_searches(opened, shop):
    page = opened()
    field = box(page)
    field.press_sequentially("大闸蟹")
    expect(options(page)).to_have_count(1)
    field.press("Enter")
    page.wait_for_url(f"**{SEARCH}?q=**")
    expect(page.get_by_role("heading", name="Results for “大闸蟹”")).to_be_visible()
    box(page).fill("狮头鹅")
    expect(options(page)).to_contain_text(["狮头鹅"])
    box(page).press("ArrowDown")
    box(page).press("Enter")
    page.wait_for_url(f"**/goods-shop/goods/{shop['goose']}/")


def test_a_click_takes_a_suggestion(opened, shop):
    page = opened()
    box(page).press_sequentially("狮头鹅")
    options(page).first.click()
    page.wait_for_url(f"**/goods-shop/goods/{shop['goose']}/")


def test_own_searches_come_back_and_can_be_forgotten(opened):
    page = opened()
    for text in ("虾", "番茄"):
        box(page).fill(text)
        box(page).press("Enter")
        page.wait_for_url(f"**{SEARCH}?q=**")
        expect(page.get_by_role("heading", name=f"Results for “{text}”")).to_be_visible()
    page.goto(SEARCH)
    box(page).click()
    own = page.get_by_role("group", name="Your searches").get_by_role("option")
    expect(own).to_have_text(["番茄", "虾"])
    box(page).press("ArrowDown")
    expect(box(page)).to_have_value("番茄")
    page.get_by_role("button", name="Forget my searches").click()
    expect(own).to_have_count(0)
    page.reload()
    box(page).click()
    expect(own).to_have_count(0)


def test_an_answer_that_comes_late_is_dropped(opened):
    page = opened()
    held = []
    page.route("**/search/suggest/?q=%E8%8D%89%E8%8E%93*", lambda route: held.append(route))
    box(page).fill("草莓")
    page.wait_for_timeout(400)
    assert len(held) == 1
    box(page).fill("狮头鹅")
    expect(options(page)).to_have_text([re.compile("狮头鹅")])
    with page.expect_response("**/search/suggest/?q=%E8%8D%89%E8%8E%93*"):
        held[0].continue_()
    page.wait_for_timeout(200)
    expect(options(page)).to_have_text([re.compile("狮头鹅")])


def test_letters_of_an_unfinished_character_ask_nothing(opened):
    page = opened()
    asked = []
    page.on("request", lambda request: "/suggest/" in request.url and asked.append(request.url))
    field = box(page)
    field.focus()
    page.wait_for_timeout(300)
    asked.clear()
    field.dispatch_event("compositionstart")
    field.fill("cao")
    page.wait_for_timeout(400)
    assert asked == []
    field.fill("虾")
    field.dispatch_event("compositionend")
    expect(options(page)).to_have_count(3)
    assert len(asked) == 1


def test_markup_in_a_name_is_shown_as_text(opened, shop):
    from dailyfresh_goods.models import SKU
    from dailyfresh_goods.search.indexing import rebuild

    SKU.objects.filter(pk=shop["goose"]).update(name="<img src=x onerror=alert(1)>狮头鹅")
    rebuild()
    page = opened()
    box(page).press_sequentially("狮头鹅")
    expect(options(page).first).to_contain_text("<img src=x onerror=alert(1)>狮头鹅")


def test_without_javascript_the_box_is_a_form(opened):
    page = opened(java_script_enabled=False)
    field = page.get_by_role("searchbox", name="Search goods")
    field.fill("虾")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url(f"**{SEARCH}?q=**")
    expect(page.get_by_role("heading", name="Results for “虾”")).to_be_visible()
    expect(page.locator("[data-goods-card]")).to_have_count(3)
