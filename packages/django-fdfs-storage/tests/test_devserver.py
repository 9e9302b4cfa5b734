"""The development server as a process, and its HTTP side."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from django.core.management import call_command
from django_fdfs_storage.client import FastDFSClient
from django_fdfs_storage.devserver import DevServer
from django_fdfs_storage.storage import FastDFSStorage


def get(url: str, **headers: str):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5)
    except urllib.error.HTTPError as error:
        with error:
            error.read()
        return error


@pytest.fixture
def stored(own_server):
    client = FastDFSClient([own_server.tracker])
    yield client.upload(b"0123456789", extension="txt")
    client.close()


def test_a_stored_file_is_served(own_server, stored):
    with get(own_server.url + stored) as answer:
        assert answer.read() == b"0123456789"
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.headers["Last-Modified"]


def test_a_range_is_served(own_server, stored):
    with get(own_server.url + stored, Range="bytes=2-4") as answer:
        assert (answer.status, answer.read()) == (206, b"234")
    assert get(own_server.url + stored, Range="bytes=10-").status == 416


def test_what_is_not_stored_is_not_served(own_server, stored):
    for path in ("", "group1", "nogroup/" + stored, stored[:-1], "group1/M00/00/../../../../../etc/passwd"):
        assert get(own_server.url + path).status == 404


def test_a_download_name_is_given(own_server, stored):
    with get(f"{own_server.url}{stored}?filename=%E7%8C%AB.txt") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''%E7%8C%AB.txt"


def test_tokens_are_checked_as_the_nginx_module_does(tmp_path):
    with DevServer(tmp_path, tracker_port=0, storage_port=0, http_port=0, secret="key", token_ttl=60) as server:
        options = {"trackers": [server.tracker], "base_url": server.url, "token_ttl": 60}
        storage = FastDFSStorage(**options, token_secret="key")
        client = FastDFSClient([server.tracker])
        name = client.upload(b"private")
        with get(storage.url(name)) as answer:
            assert answer.read() == b"private"
        with get(storage.url(name, filename="a.txt", expires_in=10)) as answer:
            assert answer.read() == b"private"
        assert get(FastDFSStorage(**options).url(name)).status == 400
        assert get(FastDFSStorage(**options, token_secret="other").url(name)).status == 403
        assert get(storage.url(name, expires_in=-10)).status == 403
        assert get(storage.url(name).replace(name, client.upload(b"other"))).status == 403
        client.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "", "example.com"])
def test_only_loopback_is_served_unless_told(tmp_path, host):
    with pytest.raises(ValueError, match="not loopback"):
        DevServer(tmp_path, host=host)


def test_any_address_is_served_when_told(tmp_path):
    with DevServer(tmp_path, host="0.0.0.0", tracker_port=0, storage_port=0, http_port=None, public=True) as server:
        client = FastDFSClient([f"127.0.0.1:{server.tracker_port}"])
        assert client.download(client.upload(b"x")) == b"x"
        client.close()


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="needs IPv6")
def test_the_whole_way_goes_over_ipv6(tmp_path):
    with DevServer(tmp_path, host="::1", tracker_port=0, storage_port=0, http_port=0) as server:
        assert server.tracker.startswith("[::1]:")
        client = FastDFSClient([server.tracker])
        name = client.upload(b"over IPv6", extension="txt")
        assert client.download(name) == b"over IPv6"
        assert client.info(name).source == "::1"
        assert client.trackers.storages("group1")[0].host == "::1"
        with get(server.url + name) as answer:
            assert answer.read() == b"over IPv6"
        client.delete(name)
        assert not client.exists(name)
        client.close()


def test_groups_have_servers_of_their_own(tmp_path):
    with DevServer(tmp_path, tracker_port=0, storage_port=0, http_port=0, groups=["group1", "group2"]) as server:
        client = FastDFSClient([server.tracker])
        names = [client.upload(b"x") for _ in range(4)]
        assert sorted(name.partition("/")[0] for name in names) == ["group1", "group1", "group2", "group2"]
        assert client.upload(b"x", group="group2").startswith("group2/")
        assert [group.name for group in client.trackers.groups()] == ["group1", "group2"]
        assert all(client.download(name) == b"x" for name in names)
        with get(server.url + names[1]) as answer:
            assert answer.read() == b"x"
        client.close()


def start(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    line = process.stdout.readline()
    return process, line.split("tracker ")[1].split(",")[0].strip()


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=10)
    return process.returncode, errors


def test_the_server_is_a_command_that_ends_on_a_signal_and_keeps_its_files(tmp_path):
    ports = ("--tracker-port", "0", "--storage-port", "0", "--http-port", "0")
    process, tracker = start("django_fdfs_storage.devserver", "--dir", str(tmp_path), *ports)
    client = FastDFSClient([tracker])
    name = client.upload(b"kept")
    process.send_signal(signal.SIGTERM)
    assert finish(process) == (0, "")
    client.close()
    process, tracker = start(
        "django",
        "fdfs_devserver",
        "--settings",
        "minisite.settings",
        "--pythonpath",
        "tests",
        "--dir",
        str(tmp_path),
        *ports,
    )
    client = FastDFSClient([tracker])
    assert client.download(name) == b"kept"
    client.close()
    process.send_signal(signal.SIGINT)
    assert finish(process) == (0, "")


def test_a_server_killed_in_mid_transfer_leaves_whole_files_only(tmp_path):
    ports = ("--tracker-port", "0", "--storage-port", "0", "--no-http")
    process, tracker = start("django_fdfs_storage.devserver", "--dir", str(tmp_path), *ports)
    client = FastDFSClient([tracker], network_timeout=5)
    whole = client.upload(b"whole")

    def murderous():
        yield b"x" * 500_000
        time.sleep(0.1)
        process.kill()
        process.wait()
        yield b"x" * 500_000

    with pytest.raises(OSError, match="lost|closed"):
        client.upload(murderous(), size=1_000_000)
    finish(process)
    client.close()
    with DevServer(tmp_path, tracker_port=0, storage_port=0, http_port=None) as server:
        client = FastDFSClient([server.tracker])
        assert client.download(whole) == b"whole"
        assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1
        client.close()


def test_a_taken_port_is_named_in_one_line(own_server, tmp_path):
    with pytest.raises(SystemExit, match=f"cannot start: .*in use.*:{own_server.tracker_port}"):
        call_command(
            "fdfs_devserver",
            dir=str(tmp_path / "x"),
            tracker_port=own_server.tracker_port,
            storage_port=0,
            no_http=True,
        )
