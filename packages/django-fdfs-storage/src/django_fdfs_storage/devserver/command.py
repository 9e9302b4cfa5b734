"""The command line of the development server, shared by `python -m` and `manage.py`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from .server import DevServer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the development server."""
    parser.add_argument("--dir", required=True, help="where the files are kept")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--tracker-port", type=int, default=22122)
    parser.add_argument("--storage-port", type=int, default=23000)
    parser.add_argument("--http-port", type=int, default=8888)
    parser.add_argument("--no-http", action="store_true", help="serve no HTTP")
    parser.add_argument("--group", action="append", help="a group to serve (repeatable; default group1)")
    parser.add_argument("--secret", help="ask for anti-steal tokens made with this key")
    parser.add_argument("--token-ttl", type=int, default=900, help="seconds that a token lives")
    parser.add_argument("--public", action="store_true", help="allow an address that others can reach")


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    try:
        server = DevServer(
            options.dir,
            host=options.host,
            tracker_port=options.tracker_port,
            storage_port=options.storage_port,
            http_port=None if options.no_http else options.http_port,
            groups=options.group or ("group1",),
            secret=options.secret,
            token_ttl=options.token_ttl,
            public=options.public,
        )
    except (OSError, ValueError) as error:
        sys.exit(f"The FastDFS development server cannot start: {error}")
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    with server:
        http = f", files {server.url}" if server.http_port else ""
        sys.stdout.write(f"FastDFS development server: tracker {server.tracker}{http}\n")
        sys.stdout.flush()
        stopped.wait()


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="django_fdfs_storage.devserver", description="Serve FastDFS for development.")
    add_arguments(parser)
    run(parser.parse_args(arguments))
