"""Films a purchase of half a minute into docs/gallery/purchase.webp, from a bare demo that is begun for it and ended after it.

The steps are those of the browser's test (`example_project/tests/test_purchase.py`). A film is made of pictures with the time that each
stands, so it is as long on a slow machine as on a quick one.
"""

import io

from gallery import BUYER, PASSWORD, PICTURES, demo
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

FILM = PICTURES / "purchase.webp"
WINDOW, WIDTH = {"width": 1080, "height": 675}, 800
MOST = 1_500_000
"""Bytes."""
COLOUR = (230, 60, 40)


class Film:
    """What a page shows, picture by picture."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pictures: list[Image.Image] = []
        self.times: list[int] = []

    def look(self, seconds: float, at: tuple[float, float] | None = None) -> None:
        """Shows the page for so long; a ring `at` where it is clicked next."""
        picture = Image.open(io.BytesIO(self.page.screenshot())).convert("RGB")
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
        if at:
            x, y = (place * WIDTH / WINDOW["width"] for place in at)
            ImageDraw.Draw(picture).ellipse((x - 16, y - 16, x + 16, y + 16), outline=COLOUR, width=4)
        self.pictures.append(picture)
        self.times.append(round(seconds * 1000))

    def open(self, address: str, seconds: float) -> None:
        self.page.goto(address)
        self.settle()
        self.look(seconds)

    def click(self, selector: str, seconds: float) -> None:
        """Shows where, clicks, and shows what comes of it."""
        found = self.page.locator(selector).locator("visible=true").first
        found.scroll_into_view_if_needed()
        box = found.bounding_box()
        assert box, selector
        self.look(0.8, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
        found.click()
        self.settle()
        self.look(seconds)

    def type(self, selector: str, text: str) -> None:
        self.page.locator(selector).focus()
        for letter in text:
            self.page.keyboard.insert_text(letter)
            self.page.wait_for_timeout(400)  # for the suggestions
            self.look(0.5)

    def settle(self) -> None:
        self.page.wait_for_timeout(600)
        self.page.wait_for_load_state("networkidle")

    def keep(self) -> None:
        for quality in (60, 45, 30):
            first, *others = self.pictures
            first.save(
                FILM, save_all=True, append_images=others, duration=self.times, loop=0, quality=quality, method=4
            )
            if FILM.stat().st_size <= MOST:
                break
        print(f"{sum(self.times) / 1000:.0f} s, {len(self.times)} pictures, {FILM.stat().st_size // 1024} KiB")


def purchase(page: Page, site: str) -> None:
    page.goto(f"{site}/user/login/")
    page.fill("[name=username]", BUYER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/user/")
    film = Film(page)
    film.open(f"{site}/", 2.5)
    film.type("#q", "草莓")
    page.press("#q", "Enter")
    page.wait_for_url("**/search/**")
    film.settle()
    film.look(2)
    film.click("[data-goods-results] [data-goods-card] h3 a", 2)
    film.click("[data-goods-stepper] [data-step='1']", 0.8)
    film.click("[data-cart-put]", 2)
    film.open(f"{site}/cart/", 2)
    film.click("[data-cart-checkout]", 2.5)
    film.click("[data-once]", 2)
    film.click("[data-pay] button", 1.5)
    page.wait_for_url("**/cashier/**")
    film.click("form[action$='/sign-in'] button", 1.5)
    film.click("button[value=pay]", 1)
    page.wait_for_url(lambda url: url.startswith(site))
    page.wait_for_function("!document.querySelector('[data-poll]')", timeout=60_000)
    film.settle()
    film.look(2)
    film.open(page.locator("main a[href*='/orders/']").first.evaluate("link => link.href"), 3.5)
    film.keep()


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with demo("--bare") as site, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport=WINDOW, locale="zh-CN", color_scheme="light", reduced_motion="reduce")
        context.set_default_timeout(60_000)
        purchase(context.new_page(), site)
