"""The simulator as a server: no danger to anybody, and of use to other people's programs."""

import signal
import socket
import subprocess
import sys

import pytest
from alipay_simulator import Simulator
from client import Client, http


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "::", "8.8.8.8"])
def test_it_listens_on_loopback_addresses_only(tmp_path, host):
    with pytest.raises(ValueError, match="no loopback"):
        Simulator(tmp_path, host=host)


def test_other_sites_cannot_reach_its_desk(simulator):
    assert http(f"{simulator.origin}/", Host="evil.example")[0] == 403
    assert http(f"{simulator.origin}/fault", {"clear": "1"}, Origin="http://evil.example")[0] == 403
    assert http(f"{simulator.origin}/fault", {"clear": "1"}, Origin="null")[0] == 403


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/nowhere", None),
        (f"/cashier/{'0' * 32}/", None),
        (f"/cashier/{'0' * 32}/pay", {"act": "pay"}),
        ("/fault", None),
    ],
)
def test_what_is_not_there_is_not_found(simulator, path, form):
    assert http(f"{simulator.origin}{path}", form)[0] == 404


def test_more_than_a_megabyte_is_not_read(simulator):
    for length in ("1000001", "9" * 4400):
        assert http(simulator.url, {}, **{"Content-Length": length})[0] == 413


def test_everything_survives_a_restart(tmp_path):
    with Simulator(tmp_path) as first:
        first.pay(Client(first).page(), "anna")
        first.book.set_clock(7)
        key = first.alipay_public_key_file.read_bytes()
    with Simulator(tmp_path) as second:
        assert Client(second).status() == "TRADE_SUCCESS"
        assert second.book.purse("anna") == 1_000_000 - 8_880
        assert second.book.offset == 7
        assert second.alipay_public_key_file.read_bytes() == key
        assert oct(second.app_private_key_file.stat().st_mode)[-3:] == "600"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_runs_as_a_module_and_stops_when_told(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "alipay_simulator", "--port", str(port), "--dir", tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}/" in said
        assert "SIMULATOR" in http(f"http://127.0.0.1:{port}/")[1]
        assert (tmp_path / "app_private_key.pem").exists()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        process.stdout.close()
        process.stderr.close()


def test_it_can_make_the_keys_and_leave(tmp_path):
    command = [sys.executable, "-m", "alipay_simulator", "--dir", str(tmp_path), "--keys-only"]
    assert str(tmp_path) in subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    assert (tmp_path / "alipay_public_key.pem").exists()


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("__main__", "{'django', 'alipay', 'asgiref', 'celery'}"),  # it needs neither Django nor any client
        ("plugin", "{'jinja2', 'cryptography', 'http', 'sqlite3'}"),  # pytest imports it where nobody asks for it
    ],
)
def test_it_imports_no_more_than_it_needs(module, unwanted):
    # As pytest itself uses many a module, only what comes on top of it counts.
    script = (
        f"import sys, pytest; before = set(sys.modules); import alipay_simulator.{module}; "
        f"print({{name.split('.')[0] for name in set(sys.modules) - before}} & {unwanted})"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
