"""What the suites and benchmarks of the packages run on: a database by its address, and services that may be missing."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

ISOLATION = {"read committed": 2, "repeatable read": 3, "serializable": 4}
"""Name -> the number that psycopg gives it."""


def database(url: str, *, isolation: str = "read committed", **more: Any) -> dict[str, Any]:
    """One value of DATABASES for `mysql://user:password@host:port/name`, `postgresql://…`, `sqlite:///file`, or '' for SQLite in memory.

    `more` is added to it, as ATOMIC_REQUESTS; `isolation` is meaningless to SQLite, where each transaction takes the lock when it begins.
    """
    parts = urlsplit(url)
    if parts.scheme in ("", "sqlite"):
        # A writer that only upgrades its lock is refused at once, whatever the timeout.
        options: dict[str, Any] = {"timeout": 20, "transaction_mode": "IMMEDIATE"}
        name = unquote(parts.path[1:]) or ":memory:"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": options, **more}
    engine = {"mysql": "mysql", "postgres": "postgresql", "postgresql": "postgresql"}[parts.scheme]
    options = {"isolation_level": ISOLATION[isolation]}
    if engine == "mysql":
        options = {"isolation_level": isolation, "charset": "utf8mb4"}
    return {
        "ENGINE": f"django.db.backends.{engine}",
        "NAME": parts.path.strip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        # Two runs on one server must not meet.
        "TEST": {"NAME": f"test_{parts.path.strip('/')}_{os.getpid()}"},
        **more,
    }


@contextmanager
def own_database(url: str, name: str) -> Iterator[str]:
    """An empty database of that name on the server of `url`, dropped afterwards; gives its address."""
    parts = urlsplit(url)
    mysql = parts.scheme == "mysql"
    with closing(_mysql(parts) if mysql else _postgresql(parts)) as server:
        cursor = server.cursor()
        cursor.execute(f"CREATE DATABASE {name}" + (" CHARACTER SET utf8mb4" if mysql else ""))
        try:
            yield parts._replace(path=f"/{name}").geturl()
        finally:
            if not mysql:
                # Processes that were killed may still count as connected. WITH (FORCE) would be refused while the server's
                # own vacuum is in there, which is not ours to end; DROP alone sends it away.
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
                    [name],
                )
            cursor.execute(f"DROP DATABASE {name}")


def _mysql(parts: SplitResult) -> Any:
    import MySQLdb

    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MySQLdb.connect(host=parts.hostname or "", port=parts.port or 3306, user=user, password=password)


def _postgresql(parts: SplitResult) -> Any:
    import psycopg

    return psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True)


def service(variable: str) -> str:
    """The address of a service; without it the test is skipped, or fails where REQUIRE_SERVICES is 1. Either says what it needs."""
    import pytest  # the benchmarks, which take the rest of this module, do without it

    address = os.environ.get(variable, "")
    if not address:
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)(f"needs {variable}")
    return address


def deadlock() -> Exception:
    """The error of the one of two transactions that the default database gave up, as its driver says it."""
    from django.db import OperationalError, connection

    if connection.vendor == "mysql":
        return OperationalError(1213, "Deadlock found")
    error = OperationalError("database is locked")
    if connection.vendor == "postgresql":
        error.__cause__ = type("DeadlockDetected", (Exception,), {"sqlstate": "40P01"})()
    return error
