import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl

import pytest
from client import Client

pytest_plugins = ["pytester"]


@pytest.fixture
def simulator(alipay_simulator):
    return alipay_simulator


@pytest.fixture
def client(simulator):
    return Client(simulator)


@pytest.fixture
def page(client):
    return client.page


@pytest.fixture
def ask(client):
    return client.ask


@pytest.fixture
def merchant():
    """A merchant's server: its address, what it is notified of, and what it is to answer."""
    got, answers = [], []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))
            body = (answers.pop(0) if answers else "success").encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/n", got, answers
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def until():
    """Waits until something is true, for at most 5 s."""

    def wait(condition):
        end = time.monotonic() + 5
        while time.monotonic() < end:
            if condition():
                return True
            time.sleep(0.02)
        return False

    return wait
