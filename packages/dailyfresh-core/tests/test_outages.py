import logging
from collections.abc import Iterator

import django
import pytest
from dailyfresh_core.db.retrying import Busy
from dailyfresh_core.http.outages import is_outage
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
    transaction,
)
from django.test import Client
from minisite.models import Letter
from minisite.urls import FAULTS

GONE = OperationalError(2003, "Can't connect to server on '127.0.0.1:3306' (111)")
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}


@pytest.fixture(autouse=True)
def _well() -> Iterator[None]:
    yield
    FAULTS.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def of_postgresql(state: str | None, kind: type[DatabaseError] = OperationalError) -> DatabaseError:
    class Said(Exception):
        sqlstate = state

    Said.__module__ = "psycopg.errors"
    error = kind("said")
    error.__cause__ = Said()
    return error


@pytest.mark.parametrize(
    "error",
    [
        GONE,
        OperationalError(1047, "WSREP has not yet prepared node for application use"),
        OperationalError(1213, "Deadlock found"),
        InterfaceError("connection already closed"),
        of_postgresql("57P03"),
        of_postgresql("08006"),
        of_postgresql("25006", InternalError),
        of_postgresql(None),
        OperationalError("unable to open database file"),
        Busy("lost every race"),
        ConnectionRefusedError("of a storage"),
        TimeoutError(),
    ],
)
def test_a_database_that_does_not_answer_is_an_outage(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dailyfresh_core.db.retrying.connections", {"default": type("Any", (), {"vendor": "mysql"})})
    assert is_outage(error)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError(1054, "Unknown column 'a'"),
        of_postgresql("42703"),
        of_postgresql("25P02", InternalError),
        OperationalError("no such column: a"),
        IntegrityError(1062, "Duplicate entry"),
        ProgrammingError(1146, "no such table"),
        ValueError("2003"),
        FileNotFoundError("a picture"),
    ],
)
def test_a_mistake_of_the_program_is_none(error: Exception) -> None:
    assert not is_outage(error)


@pytest.mark.django_db
def test_a_server_that_no_longer_takes_writes_is_an_outage() -> None:
    """As a standby says it, and a primary that has become one."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL says it so")
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        Letter.objects.create()
    assert is_outage(refused.value)


@pytest.mark.parametrize("where", ["view", "middleware"])
def test_a_visitor_is_told_when_to_come_back(visitor: Client, where: str) -> None:
    FAULTS[where] = GONE
    response = visitor.get("/faulty/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "cannot be reached right now" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("error", "code"), [(GONE, "unavailable"), (Busy("lost every race"), "busy")])
def test_a_script_gets_the_envelope(visitor: Client, error: Exception, code: str) -> None:
    FAULTS["view"] = error
    response = visitor.get("/faulty/", headers=SCRIPT)
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert (response.json()["ok"], response.json()["code"]) == (False, code)
    assert response.json()["message"]


@pytest.mark.parametrize("where", ["view", "middleware"])
def test_an_outage_is_logged_without_a_traceback(visitor: Client, where: str, caplog: pytest.LogCaptureFixture) -> None:
    FAULTS[where] = GONE
    with caplog.at_level(logging.WARNING):
        visitor.get("/faulty/")
    assert "Can't connect" in caplog.text
    assert "Traceback" not in caplog.text


def test_no_address_writes_a_line_of_the_log(visitor: Client, caplog: pytest.LogCaptureFixture) -> None:
    FAULTS["middleware"] = GONE
    visitor.get("/faulty/%0aERROR%20forged")
    # Django's own lines have been safe since 5.2.3.
    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("dailyfresh") or django.VERSION >= (5, 2, 3)
    ]
    assert lines
    assert not any("\n" in line for line in lines)


@pytest.mark.parametrize("where", ["view", "middleware"])
def test_a_mistake_stays_a_500_with_its_traceback(
    visitor: Client, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    FAULTS[where] = OperationalError(1054, "Unknown column 'a'")
    response = visitor.get("/faulty/")
    assert response.status_code == 500
    assert "Traceback" in caplog.text


def test_the_next_request_of_a_shop_that_is_back_is_answered(visitor: Client) -> None:
    FAULTS["view"] = GONE
    visitor.get("/faulty/")
    FAULTS.clear()
    assert visitor.get("/faulty/").content == b"well"
