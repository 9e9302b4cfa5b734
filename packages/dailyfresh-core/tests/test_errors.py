import logging

import pytest
from dailyfresh_core import checks
from dailyfresh_core.http.answers import wants_json
from dailyfresh_core.http.errors import Request, refusal_in_one_line
from django.core.exceptions import TooManyFieldsSent
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

SENT = [
    (b"garbage", "multipart/form-data"),
    (b"garbage", "multipart/form-data; boundary="),
    (b"&".join(b"p%d=1" % n for n in range(1100)), "application/x-www-form-urlencoded"),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-16"),
]


@pytest.mark.parametrize(("body", "kind"), SENT)
def test_a_form_that_cannot_be_read_is_no_fault_of_ours_at_an_address_that_is_not_there(body: bytes, kind: str) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "a" * 32

    assert client.generic("POST", "/nowhere/", body, kind).status_code == 404


@pytest.mark.django_db
def test_a_form_in_utf_16_with_a_query_of_a_thousand_fields_is_refused_and_no_fault() -> None:
    application, said = WSGIHandler(), []
    application.request_class = Request
    query = "&".join(f"p{n}=1" for n in range(1100))
    environ = {**RequestFactory().generic("POST", "/nowhere/", b"a=1", SENT[-1][1]).environ, "QUERY_STRING": query}

    list(application(environ, lambda status, headers: said.append(status)))

    assert said == ["404 Not Found"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "kind",
    [
        "x/y; a*=q''z",
        "x/y; a*=idna''%ff",
        "x/y; charset=a\0b",
        *(
            f"application/x-www-form-urlencoded; charset={name}"
            for name in [
                "rot13",
                "base64_codec",
                "bz2",
                "hex",
                "quopri",
                "uu",
                "zlib",
                "undefined",
                "punycode",
                "idna",
                "unicode_escape",
                "nosuch",
            ]
        ),
    ],
)
def test_a_content_type_that_makes_no_sense_is_no_fault_of_ours(kind: str, method: str) -> None:
    application, said = WSGIHandler(), []
    application.request_class = Request
    sent = RequestFactory().generic(method, "/nowhere/", b"a=%ff").environ
    environ = {**sent, "CONTENT_TYPE": kind, "QUERY_STRING": "a=%ff"}

    list(application(environ, lambda status, headers: said.append(status)))

    assert said == ["404 Not Found"]


def test_a_script_is_asked_for_as_a_page_is_when_its_accept_cannot_be_read() -> None:
    request = RequestFactory().get("/", headers={"accept": "text/html; a*=q''z"})
    assert not wants_json(request)


def form(*parts: bytes) -> Request:
    body = b"".join(b"--XX\r\n" + part + b"\r\n" for part in parts) + b"--XX--\r\n"
    return Request(RequestFactory().generic("POST", "/", body, "multipart/form-data; boundary=XX").environ)


NAMED = b'Content-Disposition: form-data; name="a"\r\n\r\nb'
NAMELESS = b"Content-Disposition: form-data; filename=a\r\n\r\n"


def test_parts_of_a_form_without_a_name_are_counted_too() -> None:
    with pytest.raises(TooManyFieldsSent):
        _ = form(*[NAMELESS] * 1200).POST
    with pytest.raises(TooManyFieldsSent):  # boundaries that begin in one piece and end in the next
        _ = form(*[NAMELESS + b"-" * length for length in range(60, 400)] * 4).POST


def test_a_form_of_as_many_fields_as_may_be_sent_is_read() -> None:
    assert form(*[NAMED] * 998).POST.getlist("a") == ["b"] * 998
    assert form(*[NAMELESS] * 1000, NAMED).POST["a"] == "b"


def test_a_request_with_thousands_of_escapes_in_its_cookies_has_none() -> None:
    def cookies(said: str) -> dict[str, str]:
        return Request(RequestFactory().get("/", headers={"Cookie": said}).environ).COOKIES

    assert cookies("a=" + '"' + "\\\\" * 2000 + '"; b=1') == {}
    assert cookies(r'a="say \"yes\""; b=1') == {"a": 'say "yes"', "b": "1"}


@pytest.mark.parametrize(
    ("version", "told"),
    [((3, 11, 9), True), ((3, 11, 10), False), ((3, 12, 5), True), ((3, 12, 6), False), ((3, 13, 0), False)],
)
def test_a_deployment_is_told_of_a_python_that_reads_cookies_slowly(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, ...], told: bool
) -> None:
    monkeypatch.setattr(checks.sys, "version_info", (*version, "final", 0))

    assert [message.id for message in checks.check_python()] == ["dailyfresh_core.W003"] * told


def test_what_a_visitor_did_wrong_is_told_in_a_short_line_without_its_traceback() -> None:
    record = logging.LogRecord(
        "django.request", logging.WARNING, "", 1, "Bad request", None, (ValueError, ValueError(), None)
    )
    record.status_code = 400
    fault = logging.LogRecord("django.request", logging.ERROR, "", 1, "Fault", None, (ValueError, ValueError(), None))

    assert refusal_in_one_line(record)
    assert record.exc_info is None
    lost = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", ("/" + "a" * 8000,), None)
    lost.status_code = 404
    assert refusal_in_one_line(lost)
    assert lost.getMessage().startswith("Not Found: /aaa")
    assert len(lost.getMessage()) == 300
    assert refusal_in_one_line(fault)
    assert fault.exc_info is not None
