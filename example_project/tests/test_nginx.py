"""What nginx allows one visitor, as `render_deploy` writes it; test_stack asks the running one."""

import re
from pathlib import Path

from deploy.files import Deployment, render

PLAIN = Deployment(headers={"X-Frame-Options": "DENY"})


def test_what_is_limited_is_what_is_worked_on_and_never_what_trickles_in(tmp_path: Path) -> None:
    """Forms are read at the door; the groups are counted behind it."""
    render(PLAIN, tmp_path)
    door, counter = (tmp_path / "nginx.conf").read_text().split("listen 127.0.0.1:8100;")
    assert set(re.findall(r"limit_(?:conn|req) (?:zone=)?(\w+)", door)) == {"open", "sending"}
    assert {"strangers", "guests", "newcomers", "returning", "address"} < set(re.findall(r"limit_conn (\w+)", counter))
    assert "uwsgi_pass" not in door
    assert "proxy_pass" not in counter


def test_no_visitor_gets_an_instance_counted_out(tmp_path: Path) -> None:
    written = {path.name: path.read_text() for path in render(PLAIN, tmp_path)}
    servers = re.findall(r"server 127\.0\.0\.1:81\d\d (.*);", written["nginx.conf"])
    assert servers == ["max_fails=0"] * 3
    assert not re.search(r"^post-buffering", written["uwsgi-1.ini"], re.M)  # kills workers of several threads
    assert "uwsgi_ignore_client_abort on;" in written["nginx.conf"]  # who asks and leaves is counted


def test_large_forms_are_read_only_where_pictures_are_sent(tmp_path: Path) -> None:
    render(PLAIN, tmp_path)
    door = (tmp_path / "nginx.conf").read_text().split("listen 127.0.0.1:8100;")[0]
    large = re.search(r"location ~ (\S+) \{\s+client_max_body_size 32m;", door)
    assert large
    assert re.findall(r"client_max_body_size (\w+);", door) == ["256k", "32m", "1k"]
    for path, sent in (
        ("/orders/2026113000001/review/", True),
        ("/en/orders/2026113000001/refund/", True),
        ("/en/admin/dailyfresh_goods/sku/import/", True),
        ("/orders/place/", False),
        ("/cart/add/", False),
    ):
        assert bool(re.match(large[1], path)) == sent, path


def test_connections_that_say_nothing_end_before_there_are_too_many_of_them(tmp_path: Path) -> None:
    render(PLAIN, tmp_path)
    said = dict(re.findall(r"^\s*(\w+) (\d+)s?;", (tmp_path / "nginx.conf").read_text(), re.M))
    assert int(said["worker_connections"]) >= 8192
    assert int(said["worker_rlimit_nofile"]) >= 2 * int(said["worker_connections"])
    assert int(said["client_header_timeout"]) <= 10
