"""A scripted buyer, who writes down what the shop acknowledged."""

import random
import re
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from threading import Event, Thread
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import Request, urlopen

from .browser import Browser, Tally

PASSWORD = "chaos-2026-pears"  # noqa: S105 - of accounts that live as long as the run
PAUSE = (0.1, 0.9)  # seconds between two things a buyer does


@dataclass
class Ledger:
    """What one buyer was told. What got no answer may or may not have happened."""

    name: str
    added: dict[str, int] = field(default_factory=dict)
    """sku_id -> pieces that were acknowledged."""
    perhaps: dict[str, int] = field(default_factory=dict)
    """sku_id -> pieces whose answer never came."""
    ordered: list[str] = field(default_factory=list)
    paid: list[str] = field(default_factory=list)
    """Orders whose payment the gateway's cashier acknowledged."""
    reviewed: list[str] = field(default_factory=list)
    asked_back: list[str] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)
    """Mail addresses of accounts that were opened."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Buyer(Thread):
    """Browses, searches, fills the cart, orders, pays, cancels, asks back, reviews, until it is over."""

    def __init__(
        self, name: str, number: int, *, site: str, tally: Tally, skus: list[str], picture: bytes, over: Event
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.browser = Browser(site, tally, address=f"127.0.0.{number + 2}")
        self.ledger = Ledger(self.name)
        self.skus, self.picture, self.over = skus, picture, over
        self.draw = random.Random(number)  # noqa: S311 - the same buyer at every run

    def run(self) -> None:
        while not self.over.is_set() and not self.sign_in():
            time.sleep(1)
        journeys = [self.browse, self.search, self.fill, self.buy, self.look_after, self.register]
        while not self.over.is_set():
            self.draw.choices(journeys, weights=[4, 2, 4, 5, 3, 0.3])[0]()
            time.sleep(self.draw.uniform(*PAUSE))
        self.browser.close()

    def sign_in(self) -> bool:
        answer = self.browser.post("/user/login/", {"username": self.name, "password": PASSWORD})
        return answer.ok and "sessionid" in self.browser.cookies

    def browse(self) -> None:
        """The home page, a detail, and a picture that stands on it."""
        self.browser.get("/")
        self.browser.get("/list/fruit/?in_stock=on")
        page = self.browser.get(f"/goods/{self.draw.choice(self.skus)}/")
        pictures = re.findall(r'src="(/media/[^"]+)"', page.text)
        if pictures:
            self.browser.get(self.draw.choice(pictures))

    def search(self) -> None:
        self.browser.get("/search/?" + urlencode({"q": self.draw.choice(["草莓", "牛排", "虾", "大闸蟹", "yingtao"])}))

    def fill(self) -> None:
        """A piece more of something."""
        sku_id = self.draw.choice(self.skus)
        answer = self.browser.post("/cart/add/", {"sku_id": sku_id, "quantity": 1})
        if answer.ok:
            self.ledger.added[sku_id] = self.ledger.added.get(sku_id, 0) + 1
        elif not answer.refused:
            self.ledger.perhaps[sku_id] = self.ledger.perhaps.get(sku_id, 0) + 1

    def buy(self) -> None:
        """Something at once or out of the cart, paid online or on delivery, sometimes cancelled."""
        note = ""
        chosen = {"buy": f"{self.draw.choice(self.skus)}:{self.draw.randint(1, 3)}"}
        if self.draw.random() < 0.5 and (
            held := list(self.browser.get("/visitor/").data().get("cart", {}).get("lines", {}))
        ):
            chosen, note = {"sku_id": self.draw.choice(held)}, "cart"
        form = self.browser.get("/orders/confirm/?" + urlencode(chosen)).fields()
        if "token" not in form:
            return
        way = self.draw.choices(["alipay", "cod"], weights=[4, 1])[0]
        order = {"token": form["token"], "address": form.get("address", ""), "payment_method": way, "note": note}
        answer = self.browser.post("/orders/place/", order)
        if not (answer.ok or answer.refused):  # clicks again: the quote's key makes one order of both
            answer = self.browser.post("/orders/place/", order)
        number = answer.data().get("number")
        if not number:
            return
        if number not in self.ledger.ordered:
            self.ledger.ordered.append(number)
        if self.draw.random() < 0.2:
            self.browser.post(f"/orders/{number}/cancel/")
        elif way == "alipay" and self.draw.random() < 0.8:
            self.pay(number)

    def pay(self, number: str) -> None:
        """At the gateway's cashier; its own redirect back is the acknowledgement."""
        url = self.browser.post("/orders/pay/", {"order": number, "gateway": "alipay"}).data().get("url")
        if not url:
            return
        try:
            with urlopen(url, timeout=20) as page:  # noqa: S310 - the simulator's own address
                cashier = page.url
            account = {"account": self.name, "password": "111111"}
            with urlopen(Request(urljoin(cashier, "sign-in"), urlencode(account).encode()), timeout=20):  # noqa: S310
                pass
            answer = acknowledged(urljoin(cashier, "pay"))
        except (URLError, OSError, HTTPException):
            return
        if answer:
            self.ledger.paid.append(number)
        self.browser.post("/orders/pay/query/", {"order": number})

    def look_after(self) -> None:
        """What became of the orders: received and reviewed with a picture, or asked back."""
        if not self.ledger.paid:
            return
        number = self.draw.choice(self.ledger.paid[-8:])
        if self.draw.random() < 0.3:
            form = self.browser.get(f"/orders/{number}/refund/").fields()
            pieces = {name: "1" for name in form if name.startswith("line_")}
            if (
                "key" in form
                and self.browser.post(f"/orders/{number}/refund/", {"key": form["key"], "why": "changed", **pieces}).ok
            ):
                self.ledger.asked_back.append(number)
            return
        self.browser.post(f"/orders/{number}/receive/")
        page = self.browser.get(f"/orders/{number}/review/")
        prefixes = sorted(set(re.findall(r'name="(line\d+)-stars"', page.text)))
        if prefixes:
            form: dict[str, object] = {}
            for prefix in prefixes:
                form |= {f"{prefix}-stars": 5, f"{prefix}-text": "很新鲜", f"{prefix}-pictures": None}
            if self.browser.post(f"/orders/{number}/review/", form, picture=self.picture).status == 302:
                self.ledger.reviewed.append(number)

    def register(self) -> None:
        """Another account, whose activation mail is awaited."""
        name = f"c{self.draw.getrandbits(40):x}{int(time.time()) % 10**5}"
        words = {"password1": PASSWORD, "password2": PASSWORD, "agree": "on"}
        mail = f"{name}@chaos.example"
        visitor = Browser(self.browser.site.geturl(), self.browser.tally, address=self.browser.address)
        if visitor.post("/user/register/", {"username": name, "email": mail, **words}).status == 302:
            self.ledger.registered.append(mail)
        visitor.close()


def acknowledged(url: str) -> bool:
    """Pay at the cashier; whether it sent us back to the shop, without going there."""
    place = urlsplit(url)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=20)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", place.path, urlencode({"act": "pay", "by": "balance"}), form)
        return connection.getresponse().status == 303
    finally:
        connection.close()
