"""Back-ups of what cannot be made again: the database, the carts, the files, the keys.

Pages, search index, cache and broker are not saved: they are made of the rest. Everything is saved while buyers buy; the files last, so
that each file a saved row names is there.
"""

import base64
import gzip
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django_redis import get_redis_connection

PARTS = ("keys", "database", "carts", "files")
"""In this order they are saved; in this order they are restored."""


class Backup:
    """One folder of back-ups. Each `save_x` has its `restore_x`, and says what it did in a line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save_database(self) -> str:
        """A dump of one moment; the tables are not locked."""
        program, words, environ = _client(dump=True)
        with gzip.open(self.folder / "database.gz", "wb", compresslevel=4) as out:
            with subprocess.Popen([program, *words], env=environ, stdout=subprocess.PIPE) as dump:  # noqa: S603
                assert dump.stdout
                shutil.copyfileobj(dump.stdout, out)
            if dump.returncode:
                raise CommandError(f"{program} failed with status {dump.returncode}")
        return f"database: {(self.folder / 'database.gz').stat().st_size // 1024} KiB"

    def restore_database(self) -> str:
        """Into a database without tables."""
        from django.db import connection

        if connection.introspection.table_names():
            raise CommandError("The database is not empty.")
        program, words, environ = _client(dump=False)
        with (
            gzip.open(self.folder / "database.gz", "rb") as dump,
            subprocess.Popen(  # noqa: S603
                [program, *words], env=environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
            ) as client,
        ):
            assert client.stdin
            shutil.copyfileobj(dump, client.stdin)
        if client.returncode:
            raise CommandError(f"{program} failed with status {client.returncode}")
        return f"database: {len(connection.introspection.table_names())} tables"

    def save_carts(self) -> str:
        """Every key of the Redis of the carts, as Redis itself writes it, with the milliseconds it has left."""
        client = get_redis_connection("cart")
        with gzip.open(self.folder / "carts.gz", "wt") as out:
            number = sum(out.write(json.dumps(row) + "\n") > 0 for row in _keys(client))
        return f"carts: {number} keys"

    def restore_carts(self) -> str:
        client = get_redis_connection("cart")
        if client.dbsize():
            raise CommandError("The Redis of the carts is not empty.")
        with gzip.open(self.folder / "carts.gz", "rt") as rows:
            for row in map(json.loads, rows):
                client.restore(base64.b64decode(row["key"]), row["ttl"], base64.b64decode(row["value"]))
        return f"carts: {client.dbsize()} keys"

    def save_files(self) -> str:
        """What the storage keeps, on its own host: a file never changes, so only new ones are copied."""
        return f"files: {_copied(_files_folder(), self.folder / 'files')} new"

    def restore_files(self) -> str:
        return f"files: {_copied(self.folder / 'files', _files_folder())}"

    def save_keys(self) -> str:
        """What signs: the shop's own key, and those that speak to the gateway."""
        aside = self.folder / "keys"
        aside.mkdir(mode=0o700, exist_ok=True)
        _write_secret(aside / "secret_key", settings.SECRET_KEY.encode())
        for path in _key_files():
            _write_secret(aside / path.name, path.read_bytes())
        return f"keys: {len(list(aside.iterdir()))}, nobody else may read them"

    def restore_keys(self) -> str:
        """To where the settings look for them; SECRET_KEY is a variable of the environment, so it is laid beside the rest."""
        for path in _key_files():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_secret(path, (self.folder / "keys" / path.name).read_bytes())
        same = (self.folder / "keys" / "secret_key").read_text() == settings.SECRET_KEY
        return (
            "keys: restored" if same else "keys: restored; SECRET_KEY of the environment is another than the saved one"
        )


def _client(*, dump: bool) -> tuple[str, list[str], dict[str, str]]:
    """The database's own program, its words, and its environment with the password."""
    database: Mapping[str, Any] = settings.DATABASES["default"]
    name, host, port, user = (str(database[key]) for key in ("NAME", "HOST", "PORT", "USER"))
    if database["ENGINE"].endswith("mysql"):
        where = [f"--host={host}", f"--port={port}", f"--user={user}", "--default-character-set=utf8mb4"]
        how = ["--single-transaction", "--quick", "--no-tablespaces"] if dump else []
        program = "mariadb-dump" if dump else "mariadb"
        return program, [*where, *how, name], {**os.environ, "MYSQL_PWD": str(database["PASSWORD"])}
    where = [f"--host={host}", f"--port={port}", f"--username={user}", f"--dbname={name}"]
    how = ["--no-owner"] if dump else ["--quiet", "--set=ON_ERROR_STOP=1"]
    return "pg_dump" if dump else "psql", [*where, *how], {**os.environ, "PGPASSWORD": str(database["PASSWORD"])}


def _keys(client: Any) -> Iterator[dict[str, Any]]:
    for key in client.scan_iter(count=500):
        value, ttl = client.dump(key), client.pttl(key)
        if value is not None:  # it ran out in between
            text = {"key": base64.b64encode(key).decode(), "value": base64.b64encode(value).decode()}
            yield {**text, "ttl": max(0, ttl)}


def _files_folder() -> Path:
    if not settings.FASTDFS_DATA:
        raise CommandError(
            "FASTDFS_DATA does not say in which folder the storage keeps its files; run it on the storage's host."
        )
    return Path(settings.FASTDFS_DATA)


def _copied(source: Path, target: Path) -> int:
    """Copy what is not there yet, each file aside and renamed; how many."""
    number = 0
    for path in (path for path in source.rglob("*") if path.is_file()):
        to = target / path.relative_to(source)
        if to.exists() and to.stat().st_size == path.stat().st_size:
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        aside = to.with_name(f".{to.name}")
        shutil.copy2(path, aside)
        aside.replace(to)
        number += 1
    return number


def _key_files() -> list[Path]:
    found = [gateway["OPTIONS"] for gateway in settings.DAILYFRESH_ORDERS["GATEWAYS"].values() if "OPTIONS" in gateway]
    return [Path(path) for options in found for name, path in options.items() if name.endswith("_key_file")]


def _write_secret(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
