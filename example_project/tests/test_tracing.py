"""Traces go to who takes them, where somebody asked for it; a request and what it asked of others are one trace."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from chaos.standing import Stack
from store.tracing import begin

PROJECT = Path(__file__).resolve().parents[1]
ONE_REQUEST = """
from config.wsgi import application
from store.warming import ask
print(ask(application, "/cart/"))
"""


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An address that takes traces, and what came."""
    taken: list[bytes] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Taking) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", taken
        server.shutdown()


@pytest.mark.stack
def test_a_request_and_what_it_asks_of_others_are_one_trace(stack: Stack) -> None:
    pytest.importorskip("opentelemetry.instrumentation.django", reason="needs the extra tracing")
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    with collector() as (address, taken):
        environ = {**stack.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": address}
        command = [sys.executable, "-W", "ignore", "-c", ONE_REQUEST]
        said = subprocess.check_output(command, cwd=PROJECT, env=environ, text=True)
    assert said.startswith("200")
    spans = [
        span
        for body in taken
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    request = next(span for span in spans if span.name == "GET cart/")
    of_it = [span for span in spans if span.trace_id == request.trace_id]
    systems = {
        each.value.string_value for span in of_it for each in span.attributes if each.key.startswith("db.system")
    }
    assert "redis" in systems
    assert any(span.name.startswith("SELECT") for span in spans)


def test_nothing_of_it_is_loaded_unless_somebody_takes_traces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    begin()
    assert not any(name.startswith("opentelemetry.sdk") for name in sys.modules)
