"""What the suites of the packages run on."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from dailyfresh_core.testing import database, own_database, service
from django.db import ConnectionHandler


def test_nothing_is_a_database_in_memory() -> None:
    assert database("")["NAME"] == ":memory:"


def test_a_file_is_named_from_the_root(tmp_path: Path) -> None:
    chosen = database(f"sqlite:///{tmp_path}/shop.sqlite3", ATOMIC_REQUESTS=True)
    assert (chosen["NAME"], chosen["ATOMIC_REQUESTS"]) == (f"{tmp_path}/shop.sqlite3", True)


def test_a_password_may_hold_any_letter() -> None:
    chosen = database("mysql://shop:a%2Fb%40c@db.example:3307/fresh")
    assert (chosen["USER"], chosen["PASSWORD"], chosen["HOST"], chosen["PORT"], chosen["NAME"]) == (
        "shop", "a/b@c", "db.example", "3307", "fresh",
    )  # fmt: skip


def test_an_unknown_kind_of_database_is_refused() -> None:
    with pytest.raises(KeyError, match="oracle"):
        database("oracle://shop@db.example/fresh")


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
@pytest.mark.parametrize("variable", ["DATABASE_URL", "POSTGRES_URL"])
def test_a_database_of_its_own_holds_rows_at_that_isolation_and_goes(
    variable: str, isolation: str, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock(), own_database(service(variable), "core_of_its_own") as url:
        connection = ConnectionHandler({"default": database(url, isolation=isolation)})["default"]
        with closing(connection), connection.cursor() as cursor:
            connection.set_autocommit(False)  # PostgreSQL's level is one of transactions
            cursor.execute("CREATE TABLE goods (name VARCHAR(20))")
            cursor.execute("INSERT INTO goods VALUES ('草莓')")
            cursor.execute("SELECT name FROM goods")
            assert cursor.fetchone() == ("草莓",)
            if connection.vendor == "postgresql":
                cursor.execute("SHOW transaction_isolation")
            else:
                cursor.execute("SELECT REPLACE(LOWER(@@tx_isolation), '-', ' ')")
            assert cursor.fetchone() == (isolation,)
            connection.rollback()
    with own_database(service(variable), "core_of_its_own"):
        pass


def test_a_service_that_is_required_and_missing_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="needs REDIS_URL"):
        service("REDIS_URL")
    monkeypatch.setenv("REQUIRE_SERVICES", "")
    with pytest.raises(pytest.skip.Exception, match="needs REDIS_URL"):
        service("REDIS_URL")
