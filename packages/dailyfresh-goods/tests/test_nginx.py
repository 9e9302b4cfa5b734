"""The configuration in the README, in a real nginx before a real Django: who answers what."""

import gzip
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest
from conftest import Shop
from dailyfresh_goods.models import SKU
from django.core.management import call_command

FRAME = """
daemon off; error_log {folder}/error.log; pid {folder}/pid; {user}
events {{ worker_connections 64; }}
http {{
  access_log off; default_type text/html;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  {config}
}}
"""
Ask = Callable[..., HTTPResponse]


def configuration(**ours: str) -> str:
    """The block of the README with this test's own places in it; each must stand there."""
    readme = (Path(__file__).parents[1] / "README.md").read_text()
    (config,) = re.findall(r"```nginx\n(.*?)```", readme, re.DOTALL)
    for theirs, our in ours.items():
        assert theirs in config
        config = config.replace(theirs, our)
    return config


@pytest.fixture
def ask(transactional_db: None, live_server: Any, settings: Any, tmp_path: Path, request: Any) -> Iterator[Ask]:
    """A shop whose pages are written, behind nginx: `ask(method, path, **headers)`."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if not program:
        assert os.environ.get("REQUIRE_SERVICES") != "1", "needs nginx"
        pytest.skip("needs nginx")
    settings.ROOT_URLCONF = "minisite.urls_languages"
    Shop().sku("Apple", pk=1)
    pages = request.getfixturevalue("pages")
    call_command("build_pages", verbosity=0)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    django = live_server.url.removeprefix("http://")
    config = configuration(
        **{"listen 80": f"listen 127.0.0.1:{port}", "/srv/pages/current": str(pages), "127.0.0.1:8000": django}
    )
    user = "user root;" if os.getuid() == 0 else ""  # the folder of the test is its own
    (tmp_path / "nginx.conf").write_text(FRAME.format(folder=tmp_path, user=user, config=config))
    server = subprocess.Popen([program, "-c", tmp_path / "nginx.conf", "-p", tmp_path])

    def ask(method: str, path: str, **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, headers={"Host": "shop.example", **headers})
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response

    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert server.poll() is None, (tmp_path / "error.log").read_text()
                time.sleep(0.05)
        yield ask
    finally:
        server.terminate()
        server.wait(10)


def from_disk(response: Any) -> bool:
    """Django's pages carry its ETag, nginx's the time of the file."""
    return response.status == 200 and "Last-Modified" in response.headers


def test_written_pages_come_from_disk_and_all_else_from_django(ask: Ask, pages: Path) -> None:
    for path in ("/", "/list/fruit/", "/list/fruit/price/1/", "/goods/1/", "/en-gb/", "/zh-hans/", "/zh-hans/goods/1/"):
        written = (pages / path.strip("/") / "index.html").is_file()
        response = ask("GET", path)
        assert from_disk(response) == written, path
        if written:
            assert response.body == (pages / path.strip("/") / "index.html").read_bytes()  # type: ignore[attr-defined]
        assert response.status == (404 if path == "/en-gb/" else 200), path
    assert from_disk(ask("GET", "/zh-hans/goods/1/"))


def test_a_query_is_answered_by_django(ask: Ask) -> None:
    response: Any = ask("GET", "/list/fruit/?low=100")
    assert response.status == 200
    assert not from_disk(response)
    assert b"Nothing fits these filters" in response.body
    assert from_disk(ask("GET", "/list/fruit/?"))


def test_what_is_not_on_disk_falls_through(ask: Ask) -> None:
    missing: Any = ask("GET", "/goods/77/")
    assert missing.status == 404
    assert b"There is no such page" in missing.body
    assert ask("GET", "/goods/1").status == 301
    SKU.untracked.update(on_sale=False)
    assert from_disk(ask("GET", "/goods/1/"))  # nobody told
    SKU.objects.update(on_sale=False)
    gone: Any = ask("GET", "/goods/1/")
    assert gone.status == 410
    assert b"no longer on sale" in gone.body
    assert ask("GET", "/stock/?sku_id=1").headers["Content-Type"] == "application/json"


def test_only_a_look_is_answered_from_disk(ask: Ask) -> None:
    assert from_disk(ask("HEAD", "/goods/1/"))
    refused: Any = ask("POST", "/goods/1/")
    assert refused.status in (403, 405)
    assert "nginx" not in refused.body.decode()


def test_a_page_is_sent_zipped_and_asked_for_again(ask: Ask) -> None:
    plain: Any = ask("GET", "/goods/1/")
    zipped: Any = ask("GET", "/goods/1/", **{"Accept-Encoding": "gzip"})
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert (plain.headers["Vary"], plain.headers["Cache-Control"]) == ("Accept-Encoding", "no-cache")
    again = ask("GET", "/goods/1/", **{"If-None-Match": plain.headers["ETag"]})
    assert again.status == 304


def test_files_have_no_address_but_their_page(ask: Ask) -> None:
    for path in ("/index.html", "/goods/1/index.html", "/goods/1/.index.html.7", "/goods/1/none", "/goods/../goods/"):
        assert ask("GET", path).status == 404, path
