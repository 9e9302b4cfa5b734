"""A database server of the stack's own, in its folder: MariaDB, or PostgreSQL by a switch."""

import os
import pwd
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from running.supervisor import Failed, Program

ROUTINE_OF_MARIADB = re.compile(r"\[(Note|Warning)\]|^Version:")
ROUTINE_OF_POSTGRESQL = re.compile(r" LOG: ")
NAME = USER = PASSWORD = "dailyfresh"  # noqa: S105 - on loopback, in the stack's own folder


def mariadb(folder: Path, port: int, programs: dict[str, str]) -> Program:
    """MariaDB in utf8mb4; its tables are made at the first start."""
    data, socket = folder / "mariadb", folder / "mariadb.sock"
    as_root = ["--user=root"] if os.geteuid() == 0 else []
    if not (data / "mysql").is_dir():
        _run(
            [
                "mariadb-install-db",
                *as_root,
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]
        )
    command = [
        programs["mariadbd"], "--no-defaults", *as_root, f"--datadir={data}", f"--socket={socket}", "--bind-address=127.0.0.1",
        f"--port={port}", "--character-set-server=utf8mb4", "--max-connections=200", "--innodb-buffer-pool-size=256M",
        "--transaction-isolation=READ-COMMITTED", "--innodb-lock-wait-timeout=5", f"--pid-file={folder / 'mariadb.pid'}",
        "--log-warnings=1",
    ]  # fmt: skip
    return Program("mariadb", command, at=port, hush=ROUTINE_OF_MARIADB, backing=True)


def url_of(kind: str, port: int) -> str:
    """Where the store's database is."""
    scheme = {"mariadb": "mysql", "postgresql": "postgresql"}[kind]
    return f"{scheme}://{USER}:{PASSWORD}@127.0.0.1:{port}/{NAME}"


def prepare_mariadb(folder: Path) -> None:
    """The store's database and user."""
    client = ["mariadb", "--no-defaults", f"--socket={folder / 'mariadb.sock'}", "-u", "root", "-e"]
    _until([*client, "SELECT 1"])
    _run(
        [
            *client,
            f"CREATE DATABASE IF NOT EXISTS {NAME} CHARACTER SET utf8mb4; "
            f"CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; "
            f"GRANT ALL ON {NAME}.* TO '{USER}'@'127.0.0.1';",
        ]
    )


def postgresql(folder: Path, port: int, programs: dict[str, str]) -> Program:
    """PostgreSQL; it refuses to run as root, so there it runs as the package's own user."""
    data, server = folder / "postgresql", programs["postgres"]
    data.mkdir(exist_ok=True)
    wrapper = as_postgres(data)
    if not (data / "PG_VERSION").exists():
        initdb = str(Path(server).with_name("initdb"))
        _run([*wrapper, initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
    command = [*wrapper, server, "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
    command += ["-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "log_min_messages=warning"]
    return Program("postgres", command, at=port, hush=ROUTINE_OF_POSTGRESQL, backing=True)


def prepare_postgresql(port: int) -> None:
    """The store's database and user."""
    client = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-Atc"]
    _until([*client, "SELECT 1"])
    if not _run([*client, f"SELECT 1 FROM pg_roles WHERE rolname = '{USER}'"]).strip():  # noqa: S608
        _run([*client, f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'"])
        _run([*client, f"CREATE DATABASE {NAME} OWNER {USER}"])


def as_postgres(data: Path) -> list[str]:
    """What stands before a command that root must not run itself; the folder is given to the user who runs it."""
    return as_user("postgres", data)


def as_user(name: str, data: Path) -> list[str]:
    """The same for another user of the machine."""
    if os.geteuid():
        return []
    user = pwd.getpwnam(name)
    os.chown(data, user.pw_uid, user.pw_gid)
    data.chmod(0o700)
    return ["/usr/bin/setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 - the commands stand above
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise Failed(f"{Path(command[0]).name} failed: {last[0]}")
    return done.stdout


def _until(command: Sequence[str], *, seconds: float = 60) -> None:
    """Wait until the server answers a statement: it listens earlier."""
    end = time.monotonic() + seconds
    while True:
        try:
            _run(command)
            return
        except Failed:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
