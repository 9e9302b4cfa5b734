"""What is said while a backing service is down: docs/outages.md has the table."""

import random
import re
import time
from collections.abc import Iterator

import pytest
from chaos.browser import Browser, Tally
from chaos.standing import Stack
from chaos.watcher import Watcher
from demo.accounts import BUYER, PASSWORD

pytestmark = [pytest.mark.stack, pytest.mark.prove]
PATIENCE = 120  # seconds until a part is back on a busy machine


@pytest.fixture
def page(stack: Stack) -> str:
    """A detail that lies on disk."""
    with Browser(stack.site, Tally()) as visitor:
        found = re.search(r'href="(/goods/\d+/)"', visitor.get("/").text)
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def _whole(stack: Stack, page: str) -> None:
    """Every part is well and no row waits, whatever the test before broke and however new the stack is."""
    watcher = Watcher(stack.site, Tally(), sku_id=sku_of(page))
    end = time.monotonic() + PATIENCE
    with watcher.browser:
        while wrong := watcher.ill(60) or [name for name, part in watcher.parts().items() if part["waiting"]]:
            assert time.monotonic() < end, f"{wrong}: not well"
            time.sleep(0.3)


@pytest.fixture
def buyer(stack: Stack) -> Iterator[Browser]:
    """The demo's buyer, signed in."""
    with Browser(stack.site, Tally()) as browser:
        assert browser.post("/user/login/", {"username": BUYER, "password": PASSWORD}).ok
        yield browser


def sku_of(page: str) -> str:
    return re.sub(r"\D", "", page)


def order(buyer: Browser, page: str) -> str:
    """Place one of one piece; its number."""
    form = buyer.get(f"/orders/confirm/?buy={sku_of(page)}%3A1")
    assert "token" in form.fields(), form
    given = {"token": form.fields()["token"], "address": form.fields()["address"], "payment_method": "alipay"}
    placed = buyer.post("/orders/place/", given)
    assert placed.ok, placed
    return str(placed.data()["number"])


def test_database_pages_that_are_made_go_on_and_everything_else_is_503(stack: Stack, buyer: Browser, page: str) -> None:
    cached = "/list/fruit/?in_stock=on"
    assert buyer.get(cached).ok
    lines = stack.said().count("\n")
    with stack.without("mariadb"):
        assert [buyer.get(path).status for path in (page, "/", cached, "/livez")] == [200, 200, 200, 200]
        never_seen = f"/goods/{random.randint(10**6, 10**9)}/"
        for path in ("/orders/", never_seen, "/search/?q=a", "/healthz"):
            assert buyer.get(path).status == 503, path
        said = buyer.get("/orders/")
        assert "暂时无法访问" in said.text
        assert said.headers["retry-after"] == "5"
        script = buyer.get("/orders/", script=True)
        assert (script.status, script.headers["retry-after"]) == (503, "5")
        assert '"code": "unavailable"' in script.text
        time.sleep(6)  # every drain has met it by then
        logged = "\n".join(stack.said().splitlines()[lines:])
        assert "Traceback" not in logged
        assert "cannot be answered" in logged


def test_carts_the_cart_says_so_and_pages_go_on(stack: Stack, buyer: Browser, page: str) -> None:
    with stack.without("redis-carts"):
        assert buyer.get("/cart/").status == 503
        assert "购物车" in buyer.get("/cart/").text
        assert buyer.post("/cart/add/", {"sku_id": sku_of(page), "quantity": 1}).status == 503
        assert buyer.get("/visitor/").data()["cart"] == {"available": False, "count": 0, "lines": {}}
        assert buyer.get(f"{page}?a").ok
        assert buyer.get("/orders/").ok
        assert order(buyer, page)  # bought at once, past the cart


def test_cache_pages_come_from_the_database_and_nobody_is_signed_out(stack: Stack, buyer: Browser, page: str) -> None:
    with stack.without("redis-cache"):
        for path in (page, f"{page}?b", "/cart/", "/orders/", "/user/", "/search/?q=ca"):
            assert buyer.get(path).status == 200, path
        assert buyer.get("/visitor/").data()["user"]["signed_in"]
        assert order(buyer, page)


def test_broker_rows_wait_and_nobody_else_does(stack: Stack, buyer: Browser, page: str) -> None:
    lines = stack.said().count("\n")
    with stack.without("redis-broker"):
        began = time.monotonic()
        number = order(buyer, page)
        assert time.monotonic() - began < 10
        assert buyer.post(f"/orders/{number}/cancel/").ok
        time.sleep(6)  # beat has tried by then
        assert "Traceback" not in "\n".join(stack.said().splitlines()[lines:])
    end = time.monotonic() + 60
    while "cancelling" in shop_states(buyer):
        assert time.monotonic() < end, "the order was not cancelled once the broker was back"
        time.sleep(0.5)


def shop_states(watcher: Browser) -> list[str]:
    """The states that orders are in."""
    return re.findall(r'^dailyfresh_orders_by_state{state="(\w+)"} [1-9]', watcher.get("/metrics/shop").text, re.M)


def test_files_pages_come_without_pictures(stack: Stack, buyer: Browser, page: str) -> None:
    with stack.without("fastdfs"):
        assert buyer.get(f"{page}?c").ok
        never_shown = buyer.get("/media/group1/M00/00/00/fwAAAmsDnW2AHp8HAAAACw1KEYU619.txt")
        assert never_shown.status == 503


def test_gateway_a_payment_stays_pending_and_nobody_waits(stack: Stack, buyer: Browser, page: str) -> None:
    number = order(buyer, page)
    with stack.without("alipay"):
        assert buyer.post("/orders/pay/", {"order": number, "gateway": "alipay"}).data()["url"]
        began = time.monotonic()
        asked = buyer.post("/orders/pay/query/", {"order": number})
        assert asked.data()["state"] == "waiting"
        assert time.monotonic() - began < 10
        assert buyer.get(f"/orders/{number}/pay/").ok


def test_search_and_categories_go_on_without_the_index(stack: Stack, buyer: Browser) -> None:
    with stack.without("worker"):  # who would build it anew at once
        (stack.var / "whoosh").rename(stack.var / f"whoosh-{time.time()}")
        assert buyer.get("/list/fruit/").ok
        assert "正在恢复" in buyer.get("/search/?q=%E8%8D%89%E8%8E%93").text
    end = time.monotonic() + PATIENCE
    while not (stack.var / "whoosh" / "current").exists():
        assert time.monotonic() < end, "nobody built the index anew"
        time.sleep(0.3)


def test_web_when_no_instance_answers_nginx_says_it_in_words(stack: Stack, buyer: Browser, page: str) -> None:
    with stack.without("uwsgi-1"), stack.without("uwsgi-2"):
        assert buyer.get(page).status == 200
        said = buyer.get("/cart/")
        assert (said.status, said.headers["retry-after"]) == (503, "5")
        assert "商店暂时无法访问" in said.text
        assert '"code": "unavailable"' in buyer.get("/cart/", script=True).text
        sent = buyer.ask("POST", "/cart/add/", b"sku_id=1", script=True)
        assert (sent.status, sent.headers["retry-after"]) == (503, "5")


def test_web_one_instance_that_is_gone_is_missed_by_nobody(stack: Stack, buyer: Browser, page: str) -> None:
    with stack.without("uwsgi-1"):
        assert {buyer.get("/cart/").status for _ in range(20)} == {200}
        added = [buyer.post("/cart/add/", {"sku_id": sku_of(page), "quantity": 1}) for _ in range(5)]
        assert {answer.status for answer in added} <= {200, 409}  # no more than there are


def test_chaos_nothing_is_lost_while_parts_die_one_after_the_other(stack: Stack) -> None:
    """The short edition of `make chaos`; how soon each part is back is told there, for this machine may be busy."""
    words = ["--seconds", "40", "--buyers", "6", "--allowed", "95", "--on", str(stack.var)]
    done = stack.python("-m", "chaos", *words)
    assert done.returncode == 0, done.stdout + done.stderr
