"""The store as it is deployed, with everything real: nginx, two uwsgi, MariaDB, Redis, Celery."""

import random
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from chaos.browser import TRUSTING, Browser, Tally
from chaos.standing import Stack
from running.supervisor import listens

pytestmark = pytest.mark.stack
PATIENCE = 60  # seconds: that something comes is told here, how soon by benchmarks


@pytest.fixture
def visitor(stack: Stack) -> Iterator[Browser]:
    with Browser(stack.site, Tally()) as browser:
        yield browser


def test_production_settings_pass_the_checks_of_a_deployment(stack: Stack) -> None:
    done = stack.python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    told = set(re.findall(r"\(([\w.]+\.[CEIW]\d{3})\)", done.stdout + done.stderr))
    assert "silenced)" in done.stdout + done.stderr
    assert told <= {"dailyfresh_core.W003"}  # this host's Python


def test_pages_and_pictures_are_nginxs_and_the_rest_is_djangos(visitor: Browser) -> None:
    home = visitor.get("/")
    assert home.status == 200
    assert "last-modified" in home.headers  # a file's
    assert home.headers["content-security-policy"].startswith("default-src 'none'")
    picture = re.search(r'"(/media/[^" ]+)', home.text)
    assert picture
    visitor.get(picture[1])
    kept = visitor.get(picture[1]).headers
    assert (kept["x-cache"], "x-instance" in kept) == ("HIT", False)
    for more, status in (({"Range": "bytes=0-99"}, 206), ({"If-None-Match": kept["etag"]}, 304)):
        assert visitor.ask("GET", picture[1], headers=more).status == status
    assert visitor.ask("POST", picture[1]).status == 403
    assert visitor.get(f"{picture[1]}?token=a").headers["x-cache"] == "BYPASS"  # what has a token is asked of the view
    style = re.search(r'"(/static/[^" ]+\.css)', home.text)
    assert style
    compressed = visitor.ask("GET", style[1], headers={"Accept-Encoding": "gzip"})
    assert "immutable" in compressed.headers["cache-control"]
    cart = visitor.get("/cart/")
    assert (cart.status, "last-modified" in cart.headers) == (200, False)


def test_a_changed_price_is_served_from_disk_without_anybody_asking_django(stack: Stack, visitor: Browser) -> None:
    found = re.search(r'href="(/goods/(\d+)/)"', visitor.get("/").text)
    assert found
    page, pk = found[1], found[2]
    price = f"{random.randint(1000, 9999)}.70"
    change = f"from dailyfresh_goods.models import SKU; s = SKU.objects.get(pk={pk}); s.price = '{price}'; s.save()"
    assert price not in visitor.get(page).text
    stack.python("manage.py", "shell", "-c", change)
    end = time.monotonic() + PATIENCE
    while price not in (shown := visitor.get(page)).text:
        assert time.monotonic() < end, "the page was not built anew"
        time.sleep(0.1)
    assert "last-modified" in shown.headers


@pytest.mark.parametrize(("number", "length"), [(150, 60), (3, 7900), (900, 9), (4000, 1)])
def test_whoever_sends_many_headers_takes_no_instance_from_others(visitor: Browser, number: int, length: int) -> None:
    headers = {f"X-{each}": "b" * length for each in range(number)}
    for _ in range(4):
        assert visitor.ask("GET", "/cart/", headers=headers).status in (200, 400)
        assert visitor.get("/cart/").status == 200


def test_a_redirect_that_repeats_a_long_address_takes_no_instance_from_others(visitor: Browser) -> None:
    for _ in range(4):
        assert visitor.get(f"/goods/1?{'%22' * 2500}").status == 301
        assert visitor.get(f"/orders/?{'%22' * 2500}").status == 302
        assert visitor.get("/cart/").status == 200


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [("/cart/", 0.2, 403), ("/cart/", 8, 413), ("/orders/1/review/", 8, 403), ("/media/x", 0.2, 413)],
)
def test_a_form_that_is_refused_takes_no_instance_from_others(
    visitor: Browser, path: str, megabytes: float, status: int
) -> None:
    body, tally, over = b"a" * int(megabytes * 2**20), Tally(), threading.Event()

    def hostile() -> None:
        while not over.is_set():
            with Browser(visitor.site.geturl(), tally, address="127.0.0.30") as browser:
                browser.ask("POST", path, body)

    sending = [threading.Thread(target=hostile) for _ in range(4)]
    for each in sending:
        each.start()
    try:
        assert {visitor.get("/cart/").status for _ in range(40)} == {200}
    finally:
        over.set()
        for each in sending:
            each.join()
    assert set(tally.now()) <= {str(status), "429", "cut"}  # nginx may be gone before it is all sent


def test_forms_that_trickle_in_keep_nobody_from_searching_or_signing_in(stack: Stack, visitor: Browser) -> None:
    host, _, port = stack.site.rpartition("/")[2].partition(":")
    cookies = {"/search/": ["", "csrftoken=x"], "/user/login/": ["", "dailyfresh_users_device=x"]}
    with ExitStack() as held:
        for path, cookie in [(path, cookie) for path, both in cookies.items() for cookie in both * 2]:
            plain = socket.create_connection((host, int(port)), source_address=("127.0.0.31", 0))
            slow = held.enter_context(TRUSTING.wrap_socket(plain))
            head = f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\nContent-Length: 1000\r\n\r\n"
            slow.sendall(head.encode() + b"a")
        time.sleep(0.5)
        assert visitor.get("/search/?q=a").status == 200
        assert visitor.post("/user/login/", {"username": "nobody", "password": "nothing"}).status not in (429, 503)


def logged(stack: Stack, text: str, *, times: int = 1) -> list[str]:
    """The lines of nginx's log with the text in them: it writes one when all is sent, which may be after the answer was read."""
    end = time.monotonic() + PATIENCE
    while True:
        lines = (stack.var / "log" / "nginx-access.log").read_text().splitlines()
        found = [line for line in lines if text in line]
        if len(found) >= times:
            return found
        assert time.monotonic() < end, f"{len(found)} lines of nginx with {text}"
        time.sleep(0.2)


def test_a_line_of_the_log_is_short_whatever_was_asked(stack: Stack) -> None:
    with Browser(stack.site, Tally(), address="127.0.0.32") as visitor:
        for _ in range(10):
            visitor.get("/cart/?" + "a" * 7000)
    lines = logged(stack, "127.0.0.32 ", times=10)
    assert all('"GET /cart/?aaa' in line and len(line) < 500 for line in lines)


def test_a_picture_is_kept_once_whatever_language_is_asked_for(visitor: Browser) -> None:
    picture = re.search(r'"(/media/[^" ]+)', visitor.get("/").text)
    assert picture
    visitor.get(picture[1])
    for language in ("en", "zh-hans", "de;q=0.1", "tlh"):
        found = visitor.ask("GET", picture[1], headers={"Accept-Language": language})
        assert (found.status, found.headers["x-cache"], "vary" in found.headers) == (200, "HIT", False)
        assert found.headers["x-content-type-options"] == "nosniff"


def test_an_instance_that_begins_anew_is_asked_only_once_it_has_the_site(stack: Stack, visitor: Browser) -> None:
    place, before, asked = stack.var / "run" / "uwsgi-1.sock", stack.pid("uwsgi-1"), 0
    stack.strike("uwsgi-1", signal.SIGKILL)
    while stack.pid("uwsgi-1") == before:
        time.sleep(0.1)
    while not listens(place):
        assert visitor.get("/cart/").status == 200
        asked += 1
        time.sleep(0.1)
    assert asked > 2  # none of them waited until the site was loaded
    assert visitor.get("/cart/").status == 200


def test_the_id_that_nginx_gave_a_request_stands_in_what_the_worker_logs_of_it(stack: Stack, visitor: Browser) -> None:
    """A mail that cannot be sent: by the task that the registration woke."""
    name = f"traced{int(time.time())}"
    words = {"password1": "Lychee-4711", "password2": "Lychee-4711", "agree": "on"}
    with stack.without("mails"):
        answer = visitor.post("/user/register/", {"username": name, "email": f"{name}@dailyfresh.example", **words})
        assert answer.ok
        request_id = answer.headers["x-request-id"]
        end = time.monotonic() + PATIENCE
        assert logged(stack, request_id)
        while not re.search(rf"worker \| .*\[{request_id}\]", stack.said()):
            assert time.monotonic() < end, "no line of the worker names the request"
            time.sleep(0.2)


def test_the_watchers_pages_are_for_this_host_alone(stack: Stack, visitor: Browser) -> None:
    with Browser(stack.site, Tally(), address="127.0.0.9") as stranger:
        for path in ("/partsz", "/metrics", "/metrics/shop", "/healthz"):
            assert visitor.get(path).status != 403, path
            assert stranger.get(path).status == 403, path
