"""Sees how the shop is while a fault lasts, and when it is over."""

import json
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urljoin
from urllib.request import urlopen

from .browser import Browser, Tally
from .faults import Fault

PATIENCE = 90.0
EVERY = 0.2


@dataclass
class Report:
    """What one fault did."""

    fault: Fault
    at: float
    """When it began."""
    lasted: float
    """Seconds that it was held."""
    recovery: float
    """Seconds from its end, or from its one blow, until everything was well."""
    answers: Counter[str]
    ill: str
    """What was still not well when nobody waited any longer."""
    last: str
    """What was well last."""

    def line(self) -> str:
        failures = {kind: n for kind, n in self.answers.items() if kind == "cut" or kind.startswith("5")}
        said = ", ".join(f"{n} x {kind}" for kind, n in sorted(failures.items())) or "none"
        still = f"; STILL ILL: {self.ill}" if self.ill else f"; last {self.last}" if self.last else ""
        return f"{self.fault.name:42} {self.lasted:5.1f} s  well after {self.recovery:5.1f} s  {self.answers.total():5} answers, failed: {said}{still}"


class Watcher:
    """A visitor with a cart, who looks at everything again and again; its own looks are not counted."""

    def __init__(self, site: str, tally: Tally, *, sku_id: str, gateway: str = "") -> None:
        self.tally, self.own, self.sku_id, self.gateway = tally, Tally(), sku_id, gateway
        self.browser = Browser(site, self.own)
        self.looks = 0

    def see(self, fault: Fault) -> Report:
        before, began, at = self.tally.now(), time.monotonic(), time.time()
        fault.begin()
        time.sleep(fault.seconds)
        fault.mend()
        mended = time.monotonic()
        since = mended if fault.seconds else began
        ill, last = "not looked at", ""
        while ill and time.monotonic() - since < PATIENCE:
            ill = self.ill(time.monotonic() - since if fault.hits_the_worker else PATIENCE)
            last = ill or last
            time.sleep(EVERY if ill else 0)
        recovery = time.monotonic() - since
        return Report(fault, at, mended - began, recovery, self.tally.now() - before, ill, last)

    def ill(self, age: float) -> str:
        """What is not well: a page from disk, one from Django, a change of a cart, a part, the gateway; "" when all are.

        The worker's last sign may be `age` seconds old.
        """
        self.looks += 1
        if not self.browser.get("/").ok:
            return "the home page"
        if not self.browser.get(f"/goods/{self.sku_id}/?look={self.looks}").ok:
            return "a page from Django"
        if not self.browser.post("/cart/set/", {"sku_id": self.sku_id, "quantity": 1 + self.looks % 2}).ok:
            return "the cart"
        parts = self.parts()
        if not parts or parts["worker"]["seconds"] > age:
            return "the worker"
        ill = next((name for name, part in parts.items() if not part["well"]), "")
        return ill or ("" if self.pays() else "the gateway")

    def pays(self) -> bool:
        """Whether the gateway answers; the shop itself never waits for it."""
        if not self.gateway:
            return True
        try:
            with urlopen(urljoin(self.gateway, "/state.json"), timeout=5):  # noqa: S310 - the stack's own simulator
                return True
        except OSError:
            return False

    def parts(self) -> dict[str, dict[str, float]]:
        answer = self.browser.get("/partsz")
        try:
            return dict(json.loads(answer.text)["parts"])
        except (ValueError, KeyError):
            return {}

    def settled(self, seconds: float) -> list[str]:
        """Wait until no row waits for a drain; the names of those that still do."""
        end = time.monotonic() + seconds
        quiet = 0
        while time.monotonic() < end:
            parts = self.parts()
            waiting = [name for name, part in parts.items() if part["waiting"]]
            quiet = quiet + 1 if parts and not waiting else 0
            if quiet >= 8:  # what the merchant grants is worked off too
                return []
            time.sleep(1)
        return waiting or ["the shop"]
