"""One SQLite file that outlives the process: every write is one transaction, threads take turns."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS cashier (
    token TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, request TEXT NOT NULL, buyer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS trade (
    out_trade_no TEXT PRIMARY KEY, trade_no TEXT NOT NULL UNIQUE, status TEXT NOT NULL, fen INTEGER NOT NULL,
    subject TEXT NOT NULL, buyer TEXT NOT NULL, paid_by TEXT NOT NULL DEFAULT '', request TEXT NOT NULL,
    expires REAL, created REAL NOT NULL, paid REAL, closed REAL);
CREATE TABLE IF NOT EXISTS refund (
    out_trade_no TEXT NOT NULL, out_request_no TEXT NOT NULL, fen INTEGER NOT NULL, reason TEXT NOT NULL,
    at REAL NOT NULL, PRIMARY KEY (out_trade_no, out_request_no));
CREATE TABLE IF NOT EXISTS notice (
    id INTEGER PRIMARY KEY, notify_id TEXT NOT NULL, out_trade_no TEXT NOT NULL, url TEXT NOT NULL,
    fields TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due REAL, answer TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS purse (buyer TEXT PRIMARY KEY, fen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value REAL NOT NULL);
"""


class Database:
    def __init__(self, file: Path) -> None:
        self.lock: threading.RLock = threading.RLock()
        """Hold it over what is read and then written."""
        self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        with self.lock:
            self._db.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        with self.lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def value(self, sql: str, *args: object) -> object:
        """The first column of the first row; None when there is none."""
        with self.lock:
            row = self._db.execute(sql, args).fetchone()
        return row[0] if row else None

    def rows(self, sql: str, *args: object) -> list[sqlite3.Row]:
        with self.lock:
            return self._db.execute(sql, args).fetchall()

    def clear(self) -> None:
        with self.write() as db:
            for table in ("cashier", "trade", "refund", "notice", "purse", "setting"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
