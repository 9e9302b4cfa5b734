"""What nginx allows one visitor, as `render_deploy` writes it; test_stack asks the running one."""

import re
from pathlib import Path

from deploy.files import Deployment, render

PLAIN = Deployment(headers={"X-Frame-Options": "DENY"})


def test_what_is_limited_is_what_is_worked_on_and_never_what_trickles_in(tmp_path: Path) -> None:
    """Forms are read at the door; the groups are counted behind it."""
    render(PLAIN, tmp_path)
    door, counter = (tmp_path / "nginx.conf").read_text().split("listen 127.0.0.1:8100")
    assert set(re.findall(r"limit_conn (\w+)", door)) == {"open", "sending"}
    assert set(re.findall(r"limit_req zone=(\w+)", door)) == {"asking", "search"}  # by how often, not by how long
    assert {"strangers", "guests", "newcomers", "returning", "address"} < set(re.findall(r"limit_conn (\w+)", counter))
    assert "uwsgi_pass" not in door
    assert "proxy_pass" not in counter


def test_no_visitor_gets_an_instance_counted_out(tmp_path: Path) -> None:
    written = {path.name: path.read_text() for path in render(PLAIN, tmp_path)}
    servers = re.findall(r"^ +server (\S+)(?: (.*))?;", written["nginx.conf"], re.M)
    counter = f"127.0.0.1:{PLAIN.counter_port}"
    assert servers == [
        (place, "max_fails=0") for place in (*(f"unix:{PLAIN.run}/uwsgi-{n}.sock" for n in (1, 2)), counter)
    ]
    assert not re.search(r"^post-buffering", written["uwsgi-1.ini"], re.M)  # kills workers of several threads
    assert "uwsgi_ignore_client_abort on;" in written["nginx.conf"]  # who asks and leaves is counted


def test_large_forms_are_read_only_where_pictures_are_sent(tmp_path: Path) -> None:
    render(PLAIN, tmp_path)
    door = (tmp_path / "nginx.conf").read_text().split("listen 127.0.0.1:8100")[0]
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


def test_requests_that_are_taken_back_do_not_fill_the_way_to_the_counter(tmp_path: Path) -> None:
    """28,000 streams that HTTP/2 resets at once in 12 s cost others answers (503): each was one more connection to the counter."""
    render(PLAIN, tmp_path)
    door, counter = (tmp_path / "nginx.conf").read_text().split("listen 127.0.0.1:8100")
    shop, search = re.split(r"location ~ \^\(/en\)\?/search/", door)
    assert "proxy_ignore_client_abort on;" in shop  # counted until it is answered
    # Those that are typed over are let go: so often, and no more.
    assert re.match(r" \{[^}]*limit_req zone=search [^}]*proxy_ignore_client_abort off;", search)
    assert counter.startswith(" backlog=4096;")


def test_what_is_refused_for_being_asked_too_often_fills_no_disk(tmp_path: Path) -> None:
    """10 s of one visitor, with 7,000 letters in each address, were 140 MB of log."""
    render(PLAIN, tmp_path)
    text = (tmp_path / "nginx.conf").read_text()
    shop = re.search(r"log_format shop '(.+)';", text)
    assert shop
    assert "$request " not in shop[1].replace('"', " ")
    assert re.search(r'map \$request \$asked \{\s+"~\^\(\?<begins>\.\{1,300\}\)" \$begins;', text)
    assert re.search(r"map \$status:\$drawn \$noted \{\s+429:left 0;", text)
    assert "nginx-access.log shop if=$noted;" in text
    assert {"limit_conn_log_level info;", "limit_req_log_level info;"} <= {line.strip() for line in text.splitlines()}
