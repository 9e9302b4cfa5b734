"""Requests as nobody's browser sends them, drawn by hypothesis over the whole URL map of a site.

    class TestTheWire(WireContract):
        @pytest.fixture
        def wire(self, buyer):
            return Wire(visitors=[None, buyer], known={"pk": ["1"]}, fields=["q"])

A run fails by an answer of 500 or more that is no designed 503, by an exception that reached Django, and by a traceback in the log.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ..http.errors import Request
from . import garbage
from .addresses import addresses


@dataclass(slots=True)
class Wire:
    """What the generator knows of a site: enough that some of what it sends goes through every door.

    `visitors` are users, None for somebody who is not signed in; `known` are values for the parts of addresses by their names;
    `fields` are names of forms and queries, `values` some that fit them.
    """

    visitors: Sequence[Any] = (None,)
    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fields: Sequence[str] = ()
    values: Sequence[str] = ()
    outside: Sequence[str] = ()
    """Beginnings of addresses that are not the site's own to answer for."""


@dataclass(slots=True)
class Asked:
    """One request on its way: what is in the environ of WSGI, beside its body."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    visitor: int
    with_token: bool


class Count:
    """Says at the end of the run how many requests were sent."""

    sent = 0

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.write_line(f"{self.sent} requests over the wire")


class WireContract:
    """No request is a fault of ours. Inherit it, and give it the fixture `wire`."""

    requests = 250
    proven = 4000

    @pytest.fixture
    def wire(self) -> Wire:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _counted(self, pytestconfig: pytest.Config) -> None:
        if not pytestconfig.pluginmanager.has_plugin("wire"):
            pytestconfig.pluginmanager.register(Count(), "wire")

    def test_whatever_comes_over_the_wire_is_answered(self, wire: Wire, db: None) -> None:
        send(wire, self.requests)

    @pytest.mark.prove
    def test_whatever_comes_over_the_wire_is_answered_however_long_it_comes(self, wire: Wire, db: None) -> None:
        send(wire, self.proven)


def send(wire: Wire, number: int) -> None:
    """So many requests; AssertionError with each kind of fault once, and the shortest request that led to it."""
    faults: dict[str, Asked] = {}
    with _sessions(wire) as (handlers, cookies):

        @settings(
            max_examples=number,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(requests(wire))
        def ask(asked: Asked) -> None:
            Count.sent += 1
            fault = _answer(handlers[asked.with_token], _environ(asked, cookies[asked.visitor]))
            if fault and (fault not in faults or len(repr(asked)) < len(repr(faults[fault]))):
                faults[fault] = asked

        ask()
    assert not faults, "\n\n".join(f"{fault}\n  by {shortened(repr(asked))}" for fault, asked in faults.items())


def shortened(text: str) -> str:
    """What is repeated for long is told once."""
    return re.sub(r"(.{1,12}?)\1{8,}|((?:p\d+=1&?){9,})", lambda long: f"{long[0][:24]}…({len(long[0])})…", text)


def requests(wire: Wire) -> st.SearchStrategy[Asked]:
    """Any request; most of them name an address and fields that are there."""
    paths = st.one_of(addresses(wire.known, leaving=wire.outside), garbage.paths)
    names = st.one_of(st.sampled_from([*wire.fields, "csrfmiddlewaretoken", "page", "next"]), garbage.words)
    values = st.one_of(st.sampled_from([*wire.values, "1"]), garbage.words)
    pairs = st.lists(st.tuples(names, values), max_size=6)
    bodies = garbage.bodies(pairs)

    @st.composite
    def request(draw: st.DrawFn) -> Asked:
        method = draw(garbage.methods)
        body, content_type = draw(bodies) if method not in ("GET", "HEAD") else (b"", None)
        headers = draw(garbage.headers)
        if content_type is not None:
            headers["CONTENT_TYPE"] = content_type
        query = draw(st.one_of(st.just(""), pairs.map(garbage.urlencoded), garbage.queries))
        if query.count("&") > 999 and "CONTENT_TYPE" in headers:
            # With a charset Django reads the query while it makes the request: it fails there, before any code of a site.
            headers["CONTENT_TYPE"] = headers["CONTENT_TYPE"].partition(";")[0]
        return Asked(
            method=method,
            path=draw(paths),
            query=query,
            headers=headers,
            body=body,
            visitor=draw(st.integers(0, len(wire.visitors) - 1)),
            with_token=draw(st.booleans()),
        )

    return request()


@contextmanager
def _sessions(wire: Wire) -> Iterator[tuple[dict[bool, WSGIHandler], list[str]]]:
    """Handlers by whether the token is asked for, and the cookies of each visitor."""
    cookies = []
    for visitor in wire.visitors:
        client = Client()
        if visitor is not None:
            client.force_login(visitor)
        cookies.append("; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items()))
    # As Django's own client does: the connection is the test's, and goes on.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield {strict: _Handler(strict) for strict in (True, False)}, cookies
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


class _Handler(WSGIHandler):
    """As a site's wsgi.py has it, with the request of `dailyfresh_core.http.errors`; the token is asked for or not."""

    request_class = Request

    def __init__(self, strict: bool) -> None:
        super().__init__()
        self.strict = strict

    def get_response(self, request: Any) -> Any:
        request._dont_enforce_csrf_checks = not self.strict
        return super().get_response(request)


def _begun(_status: str, _headers: Any, _failed: Any = None, /) -> Any:
    """What a server gives for the answer to begin."""


def _environ(asked: Asked, cookies: str) -> dict[str, Any]:
    """As a web server makes it: bytes of the request are Latin-1 text."""
    headers = dict(asked.headers)
    cookie = "; ".join(filter(None, [cookies, headers.pop("HTTP_COOKIE", "")]))
    environ = {
        "REQUEST_METHOD": asked.method,
        "PATH_INFO": asked.path.encode("utf-8", "surrogatepass").decode("latin-1"),
        "QUERY_STRING": asked.query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "testserver",
        "CONTENT_LENGTH": str(len(asked.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(asked.body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }
    return {**environ, "HTTP_COOKIE": cookie} if cookie else environ


class _Tracebacks(logging.Handler):
    """Keeps the records that carry one."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        # What Django itself calls suspicious is answered by 400, and logged by design.
        if record.exc_info and not isinstance(record.exc_info[1], SuspiciousOperation):
            self.found.append(record)


def _answer(handler: WSGIHandler, environ: dict[str, Any]) -> str:
    """Ask, and read the answer to its end; what was wrong with it, or nothing."""
    raised: list[BaseException | None] = []
    log = _Tracebacks()

    def note(**_: Any) -> None:
        raised.append(sys.exc_info()[1])

    got_request_exception.connect(note)
    logging.getLogger().addHandler(log)
    logging.getLogger("django").addHandler(log)
    savepoint = connection.savepoint()
    try:
        response: Any = handler(environ, _begun)
        for _part in response:
            pass
        response.close()  # as a server does: what was uploaded is a file until then
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what was looked for
        raised.append(error)
        status = 500
    else:
        status = response.status_code
    finally:
        got_request_exception.disconnect(note)
        logging.getLogger().removeHandler(log)
        logging.getLogger("django").removeHandler(log)
    (connection.savepoint_rollback if raised else connection.savepoint_commit)(str(savepoint))
    errors = raised or [record.exc_info[1] for record in log.found if record.exc_info]
    if errors or (status >= 500 and status != 503):
        return f"{status}: " + " and ".join(sorted({_told(error) for error in errors}))
    return ""


def _told(error: BaseException | None) -> str:
    """The error's kind and place: its words may differ each time."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return " < ".join(
        [type(error).__name__, *(f"{f.filename.rpartition('site-packages/')[2]}:{f.lineno}" for f in frames[-3:][::-1])]
    )
