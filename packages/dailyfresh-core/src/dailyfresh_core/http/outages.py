"""Which errors say that something behind the site is away, and not that the program is wrong."""

import logging
import sys

from django.db import InterfaceError, InternalError, OperationalError

from ..db.retrying import Busy, code_of, lost_race

AWAY: frozenset[object] = frozenset(
    {
        1021,  # its disk is full
        1040,  # too many connections
        1047,  # a node that has left its cluster: it lets connect, and no more
        1053,  # it is being shut down
        1290,  # read only: another server has become the primary
        1927,  # it ended this connection
        2002, 2003, 2005,  # no server there
        2006, 2013, 2055,  # the connection is gone
        "25006",  # read only: another server has become the primary
        "25P03", "25P04", "57P05",  # it ended this connection, that did nothing or too much
        "53100", "53300",  # its disk is full; too many connections
        "57P01", "57P02", "57P03",  # it is being shut down, has crashed, is starting
    }
)  # fmt: skip
"""MySQL's and MariaDB's error numbers, PostgreSQL's SQLSTATEs; its class 08 is all about connections."""
AWAY_OF_SQLITE = ("unable to open database file", "disk I/O error", "database or disk is full")


def is_outage(error: BaseException) -> bool:
    """Whether the database, Redis or another server does not answer, or is too busy to: the same request may succeed later.

    Where the connection broke before COMMIT was answered nobody can say whether the change was made.
    """
    if isinstance(error, Busy | ConnectionError | TimeoutError) or _of_redis(error):
        return True
    if isinstance(error, InterfaceError):  # the connection was closed under us
        return True
    if not isinstance(error, OperationalError | InternalError):  # PostgreSQL's class 25 is an InternalError
        return False
    code = code_of(error)
    if code in AWAY or str(code).startswith("08") or lost_race(error):
        return True
    if type(error.__cause__).__module__.startswith("psycopg"):
        return getattr(error.__cause__, "sqlstate", None) is None  # libpq itself speaks: no server said it
    return any(text in str(error) for text in AWAY_OF_SQLITE)


def _of_redis(error: BaseException) -> bool:
    """Whether a Redis could not be reached or could not take it; its client is asked only where the site has it."""
    client = sys.modules.get("redis")
    if client is None:
        return False
    away = (client.ConnectionError, client.TimeoutError, client.ReadOnlyError, client.exceptions.OutOfMemoryError)
    return isinstance(error, away)


def in_one_line(record: logging.LogRecord) -> bool:
    """A filter for loggers: an outage is told without its traceback, which says nothing and is long, once for every request."""
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    if error is not None and is_outage(error):
        record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", None
        record.exc_info = record.exc_text = None
    return True
