"""Somebody at a browser."""

import time
from urllib.parse import urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
playwright.expect.set_options(timeout=20_000)


class Visitor:
    """Somebody at a browser; whatever its console complains about is kept."""

    def __init__(self, browser: "playwright.Browser", shop: str, **context: object) -> None:
        self.shop = shop
        self.complaints: list[str] = []
        window = {"width": 1280, "height": 900}
        self.context = browser.new_context(viewport=window, reduced_motion="reduce", **context)
        self.context.set_default_timeout(60_000)  # a machine with much else to do is no fault
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))

    def _heard(self, message: "playwright.ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> None:
        self.page.goto(self.shop + path if path.startswith("/") else path)

    def path(self) -> str:
        return urlsplit(self.page.url).path

    def see(self, selector: str) -> "playwright.Locator":
        """The first visible one; fails when none turns up."""
        found = self.page.locator(selector).locator("visible=true").first
        found.wait_for()
        return found

    def until(self, script: str, arg: object = None) -> None:
        """Waits until the script gives something true; it may be async, whose promise `wait_for_function` takes for true at once."""
        deadline = time.monotonic() + 20
        while not self.page.evaluate(script, arg):
            assert time.monotonic() < deadline, script
            self.page.wait_for_timeout(100)

    def badge(self, number: int) -> None:
        playwright.expect(self.page.locator("[data-cart-badge]").first).to_have_text(str(number))

    def sign_in(self, name: str, password: str) -> None:
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", password)
        self.see("main form [type=submit]").click()
