"""Draws the gallery of the store's pages: docs/gallery.md and its pictures, from a demo that is begun for it and ended after it.

Every page twice: as a Chinese reader sees it on a desk in the light, and as an English one on a phone in the dark. What the packages'
READMEs show is drawn on a desk in the light for English readers too, and a drawing where there is no page.
"""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / "example_project"
sys.path.insert(0, str(STORE))
from demo.accounts import BUYER, MERCHANT, PASSWORD  # noqa: E402

PAGE, PICTURES = ROOT / "docs" / "gallery.md", ROOT / "docs" / "gallery"
PORT = 8987
PATIENCE = 600
PAY = "[data-pay] button >> form[action$='/sign-in'] button"
PAGES = {
    "Finding": [
        ("home", "Home", "/"),
        ("list", "A category", "/list/fruit/"),
        ("detail", "A product", "/goods/1/"),
        ("search", "A dish answers its ingredients", "/search/?q=番茄炒蛋"),
        ("coupons", "Coupons to take", "/coupons/"),
    ],
    "Buying": [
        ("login", "Signing in, or going on as a guest", "/user/login/?next=/orders/confirm/%3Fbuy%3D1%3A1"),
        ("find", "An order found by its numbers", "/orders/find/"),
    ],
    "The buyer's own": [
        ("cart", "The cart", "/goods/2/ >> [data-cart-put] >> /cart/"),
        ("confirm", "Confirming an order", "/orders/confirm/?buy=1:2&buy=2:1"),
        ("cashier", "Paying, at the simulator's", f"/orders/confirm/?buy=3:1 >> [data-once] >> {PAY}"),
        ("orders", "Orders", "/orders/"),
        ("order", "An order", "/orders/ >> main a[href*='/orders/2']"),
        ("account", "The account", "/user/"),
        ("addresses", "Addresses", "/user/addresses/"),
        ("messages", "Messages", "/orders/messages/"),
        ("wallet", "The wallet", "/coupons/mine/"),
    ],
    "The merchant's": [
        ("start", "What is to be done", "/admin/"),
        ("workbench", "An order on one screen", "/admin/dailyfresh_orders/order/ >> #result_list tbody th a"),
        ("figures", "Figures", "/admin/dailyfresh_orders/order/dashboard/"),
        ("books", "The day's books", "/admin/dailyfresh_orders/booking/days/"),
        ("skus", "Goods", "/admin/dailyfresh_goods/sku/"),
        ("import", "Goods from a file", "/admin/dailyfresh_goods/sku/import/"),
        ("offers", "Offers", "/admin/dailyfresh_promotions/rule/"),
        ("calendar", "Delivery times", "/admin/dailyfresh_delivery/slot/calendar/"),
        ("board", "Today's deliveries", "/admin/dailyfresh_delivery/slot/board/"),
        ("boxes", "The day's boxes", "/admin/dailyfresh_fulfilment/picking/day/"),
        ("misses", "What was searched in vain", "/admin/dailyfresh_search/miss/"),
        ("held-back", "Who is held back", "/admin/held-back/"),
    ],
}
OWNERS = {"The buyer's own": BUYER, "The merchant's": MERCHANT}
WAYS = [("wide", 1280, "light", "zh-CN", "", 800), ("narrow", 390, "dark", "en", "/en", 390)]
"""Name, width of the window, scheme, language, beginning of its addresses, width of the picture."""
READMES = ("english", 1280, "light", "en", "/en", 800)
"""How the pages in the packages' READMEs look there; their Chinese twins show the wide ones."""
SHOWN = {"list", "cart", "confirm", "cashier", "coupons", "account"}
DRAWINGS = ["core", "storage"]
"""For what has no page: docs/gallery/drawings."""
TALLEST = 1100
"""Pixels of a picture: what is below is more of the same."""


@contextmanager
def demo(*words: str) -> Iterator[str]:
    """A demo with its two months of trade, in a folder of its own; its address. `words` are for its command."""
    site = f"http://127.0.0.1:{PORT}"
    with TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "demo", "--port", str(PORT), *words]
        running = subprocess.Popen(command, cwd=STORE, env=os.environ | {"VAR_DIR": folder}, stdout=subprocess.DEVNULL)
        try:
            began = time.monotonic()
            while not _answers(site):
                if running.poll() is not None or time.monotonic() - began > PATIENCE:
                    sys.exit("gallery: the demo did not open")
                time.sleep(1)
            yield site
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(60)


def _answers(site: str) -> bool:
    try:
        return bool(urlopen(f"{site}/healthz", timeout=5).status == 200)
    except (URLError, OSError):
        return False


def draw(browser: Browser, site: str) -> None:
    """Every page in every way."""
    for name, width, scheme, language, prefix, shown in [*WAYS, READMES]:
        for group, pages in PAGES.items():
            if name == READMES[0]:
                pages = [each for each in pages if each[0] in SHOWN]
            context = browser.new_context(
                viewport={"width": width, "height": 800},
                color_scheme=scheme,
                locale=language,
                reduced_motion="reduce",
            )
            page = context.new_page()
            if owner := OWNERS.get(group):
                page.goto(f"{site}{prefix}/user/login/")
                page.fill("[name=username]", owner)
                page.fill("[name=password]", PASSWORD)
                page.press("[name=password]", "Enter")
                page.wait_for_url("**/user/")
            for slug, _title, path in pages:
                _open(page, site, prefix, path)
                _keep(page, PICTURES / f"{slug}-{name}.webp", shown)
            context.close()


def draw_drawings(browser: Browser) -> None:
    for name in DRAWINGS:
        for way, width, _scheme, language, _prefix, shown in (WAYS[0], READMES):
            page = browser.new_page(viewport={"width": width, "height": 100})
            page.goto((PICTURES / "drawings" / f"{name}.html").as_uri())
            page.evaluate("language => { document.documentElement.lang = language }", language)
            _keep(page, PICTURES / f"{name}-{way}.webp", shown)


def _open(page: Page, site: str, prefix: str, path: str) -> None:
    """Walk there: each step is an address, or names what is clicked on the page before."""
    for step in path.split(" >> "):
        if step.startswith("/"):
            page.goto(site + (prefix if not step.startswith("/admin") else "") + step)
        else:
            page.locator(step).locator("visible=true").first.click()
            page.wait_for_timeout(1000)  # what the click asks for is on its way
        page.wait_for_load_state("networkidle")


def _keep(page: Page, file: Path, width: int) -> None:
    page.mouse.wheel(0, TALLEST * 2)  # pictures come when they are near
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("RGB")
    height = round(picture.height * width / picture.width)
    picture.resize((width, height), Image.Resampling.LANCZOS).crop((0, 0, width, min(height, TALLEST))).save(
        file, "WEBP", quality=60, method=6
    )


def write() -> None:
    """The page that shows them."""
    lines = ["# What it looks like", ""]
    lines += [
        "The example store, drawn by `make gallery`: on a desk in Chinese, on a phone in English and in the dark.",
        "",
        "Half a minute of a purchase, filmed by `make recording`:",
        "",
        "![](gallery/purchase.webp)",
        "",
    ]
    for group, pages in PAGES.items():
        lines += [f"## {group}", ""]
        for slug, title, _path in pages:
            wide, narrow = (f"![](gallery/{slug}-{name}.webp)" for name, *_rest in WAYS)
            lines += [f"### {title}", "", "| desk | phone |", "|---|---|", f"| {wide} | {narrow} |", ""]
    PAGE.write_text("\n".join(lines))


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*-*.webp"):
        old.unlink()
    with demo() as site, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        draw_drawings(browser)
        draw(browser, site)
    write()
