"""`python -m chaos.crowd DIR uploads|searchers|hoarders|guessers`: a crowd of hostile visitors at the stack that runs in DIR, and what others feel of it.

Honest visitors look at pages all the time: a while by themselves, then beside the crowd. Their times, what the crowd was answered and
what the web processes grew by are printed; nothing is judged, for what a machine bears is the machine's.
"""

import argparse
import io
import json
import random
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from .browser import Browser, Tally
from .honest import Timed, say, watched
from .standing import Stack

WORDS = "苹果草莓牛肉大虾鸡蛋菠菜有机新鲜进口山东abcdefghij "


def crowd(number: int, act: Callable[[int, Timed], None]) -> None:
    """So many at once, each from an address of its own; what they were answered."""
    tally, began = Timed(), time.monotonic()
    with ThreadPoolExecutor(number) as pool:
        for done in [pool.submit(act, each, tally) for each in range(number)]:
            done.result()
    say(f"  the crowd, {number} at once, {time.monotonic() - began:.0f} s: {tally.line()}")


def hostile(edge: int) -> bytes:
    """A picture of few bytes that unpacks to four times the square of its edge."""
    file = io.BytesIO()
    Image.new("RGBA", (edge, edge), (200, 30, 30, 90)).save(file, "PNG", optimize=False)
    return file.getvalue()


def signed_in(stack: Stack, account: dict[str, Any], tally: Tally, address: str) -> Browser:
    browser = Browser(stack.site, tally, address=address)
    browser.cookies[account["cookie"][0]] = account["cookie"][1]
    return browser


def uploads(stack: Stack, number: int, seconds: float) -> None:
    """So many reviews at once with a picture that is refused or drawn later; beside the same bytes in a form that is refused unread."""
    shop = prepared(stack, number, "reviews")
    beyond, within = hostile(6300), hostile(5700)
    say(
        f"pictures of {len(beyond) // 1024} KiB (6300 x 6300, refused) and {len(within) // 1024} KiB (5700 x 5700, drawn by the worker)"
    )

    def send(each: int, tally: Timed, *, stars: bool) -> None:
        account = shop["accounts"][each]
        with signed_in(stack, account, tally, f"127.2.{each // 250}.{each % 250 + 1}") as browser:
            line, order = account["line"], account["order"]
            form = {f"line{line}-stars": 5 if stars else 9, f"line{line}-text": "x", f"line{line}-pictures": None}
            browser.post(f"/orders/{order}/review/", form, picture=beyond if each % 5 else within)

    for stars in (False, True):
        with watched(stack, shop["skus"], "with pictures" if stars else "same bytes, not looked at"):
            crowd(number, partial(send, stars=stars))
            time.sleep(seconds)


def searchers(stack: Stack, number: int, seconds: float) -> None:
    """So many who ask for long nonsense as fast as they are answered."""
    shop = prepared(stack, 0, "none")

    def search(each: int, tally: Timed) -> None:
        draw, end = random.Random(each), time.monotonic() + seconds  # noqa: S311
        with Browser(stack.site, tally, address=f"127.2.{each // 250}.{each % 250 + 1}") as browser:
            while time.monotonic() < end:
                nonsense = "".join(draw.choices(WORDS, k=100))
                browser.get("/search/?q=" + quote(nonsense))

    with watched(stack, shop["skus"], "calm"):
        time.sleep(seconds)
    with watched(stack, shop["skus"], "beside the searchers"):
        crowd(number, search)


def hoarders(stack: Stack, number: int, seconds: float) -> None:
    """So many buyers who order one SKU again and again, unpaid and on delivery, and as many guests who begin carts."""
    shop = prepared(stack, number, "none")
    sku = shop["skus"][0]

    def hoard(each: int, tally: Timed) -> None:
        end = time.monotonic() + seconds
        with signed_in(stack, shop["accounts"][each], tally, f"127.2.{each // 250}.{each % 250 + 1}") as browser:
            turn = 0
            while time.monotonic() < end:
                turn += 1
                form = browser.get(f"/orders/confirm/?buy={sku}:3").fields()
                way = "cod" if turn % 2 else "alipay"
                browser.post("/orders/place/", {**form, "payment_method": way} if "token" in form else {})

    def fill(each: int, tally: Timed) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with Browser(stack.site, tally, address=f"127.3.{each // 250}.{each % 250 + 1}") as browser:
                for sku_id in shop["skus"][:20]:
                    browser.post("/cart/add/", {"sku_id": sku_id, "quantity": 1})

    say(f"before: {stock(stack, sku)}")
    with watched(stack, shop["skus"], "calm"):
        time.sleep(seconds)
    with watched(stack, shop["skus"], "beside the hoarders"):
        crowd(number, hoard)
    say(f"after: {stock(stack, sku)}")
    with watched(stack, shop["skus"], "beside guests who begin carts"):
        crowd(number, fill)
    say(f"after: {stock(stack, sku)}")


def guessers(stack: Stack, number: int, seconds: float) -> None:
    """So many who try passwords, each of another account every time."""
    shop = prepared(stack, 0, "none")

    def guess(each: int, tally: Timed) -> None:
        end, turn = time.monotonic() + seconds, 0
        with Browser(stack.site, tally, address=f"127.4.{each // 250}.{each % 250 + 1}") as browser:
            while time.monotonic() < end:
                turn += 1
                browser.post("/user/login/", {"username": f"nobody-{each}-{turn}", "password": "a guess"})

    with watched(stack, shop["skus"], "calm"):
        time.sleep(seconds)
    with watched(stack, shop["skus"], "beside the guessers"):
        crowd(number, guess)


def prepared(stack: Stack, accounts: int, what: str) -> dict[str, Any]:
    """Accounts that are signed in, with an order to review where `what` is "reviews"; the SKUs that are on sale."""
    return told(stack, "prepare", str(accounts), what)


def stock(stack: Stack, sku: str) -> dict[str, Any]:
    return told(stack, "stock", sku)


def told(stack: Stack, *words: str) -> dict[str, Any]:
    done = stack.python("-m", "chaos.hands", *words)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    return dict(json.loads(done.stdout))


CROWDS = {
    "uploads": (uploads, 200),
    "searchers": (searchers, 100),
    "hoarders": (hoarders, 50),
    "guessers": (guessers, 100),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m chaos.crowd", description=__doc__)
    parser.add_argument("on", type=Path, metavar="DIR", help="where the stack keeps everything")
    parser.add_argument("what", choices=CROWDS)
    parser.add_argument("--number", type=int, help="how many at once (200, 100, 50, 100)")
    parser.add_argument("--seconds", type=float, default=20, help="how long (20)")
    asked = parser.parse_args()
    act, number = CROWDS[asked.what]
    act(Stack(asked.on.resolve()), asked.number or number, asked.seconds)


if __name__ == "__main__":
    main()
