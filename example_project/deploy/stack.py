"""The store as it is deployed, on loopback: `python -m deploy.stack`.

MariaDB or PostgreSQL, three Redis, FastDFS, the Alipay simulator, two Celery workers and beat, two uwsgi instances and nginx with TLS,
on the files that `manage.py render_deploy` writes and with production settings only.
"""

import argparse
import fcntl
import json
import os
import ssl
import sys
import time
import urllib.request
from pathlib import Path

from demo import services
from running.supervisor import Failed, Output, Program, Stopped, Supervisor

from . import certificate, databases, programs, status, system
from .plan import ROLES, Plan, plan

PROJECT = Path(__file__).resolve().parents[1]
DATABASES = {"mariadb": "mariadbd", "postgresql": "postgres"}


def answers(url: str, *, seconds: float = 300) -> None:
    """Wait for a good answer: a uwsgi that listens is not ready yet."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE  # the stack's own certificate
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10, context=trusting):  # noqa: S310 - the stack's own address
                return
        except OSError as error:
            if time.monotonic() > end:
                raise Failed(f"{url} does not answer: {error}") from error
            time.sleep(0.2)


def run(stack: Plan, supervisor: Supervisor, output: Output, *, demo: bool, backup: Path | None) -> None:
    """Start everything in order, say where it is, and stay until a signal."""
    started, var, files = time.monotonic(), stack.var, stack.var / "deploy"

    def say(line: str) -> None:
        output.say("stack", line)

    found = system.need(["nginx", "redis-server", DATABASES[stack.database]], tell=say)
    for folder in ("run", "log", "status", "nginx", "pages"):
        (var / folder).mkdir(exist_ok=True)
    certificate.make(var / "tls.crt", var / "tls.key")
    start_what_backs(stack, supervisor, found)
    supervisor.environ["DATABASE_URL"] = databases.url_of(stack.database, stack.port_of("database"))
    (var / "stack.env").write_text("".join(f"{key}={value}\n" for key, value in supervisor.environ.items()))
    if backup:
        supervisor.run(programs.manage("restore", "restore", str(backup)))
    supervisor.run(programs.render(stack, files), *filling(demo=demo))
    build(var, supervisor, anew=backup is not None)
    for number in range(1, stack.instances + 1):
        supervisor.start(programs.web(number, stack, files))
    supervisor.start(programs.worker(stack))
    supervisor.start(programs.background(stack))
    supervisor.start(programs.beat(stack))
    supervisor.wait_ready()
    supervisor.start(programs.nginx(stack, files, found["nginx"]))
    supervisor.wait_ready()
    answers(f"{stack.site}/healthz")
    status.write(var / "status" / "index.html", stack.site, supervisor.running)
    for line in (
        "",
        f"The store is open: {stack.site}/   ({time.monotonic() - started:.0f} s)   the certificate is its own: {var / 'tls.crt'}",
        f"  what runs   {stack.site}/stack/      how it is   {stack.site}/partsz",
        f"  data        {var}   (delete it to begin anew); stack.env there holds the variables",
        "Ctrl-C stops all of it.",
        "",
    ):
        say(line)
    supervisor.watch()


def start_what_backs(stack: Plan, supervisor: Supervisor, found: dict[str, str]) -> None:
    """Redis, the database, mails, files and the gateway; and the way round to them, where one is asked for."""
    for role in ROLES:
        supervisor.start(programs.redis(role, stack, found["redis-server"]))
    start = databases.mariadb if stack.database == "mariadb" else databases.postgresql
    supervisor.start(start(stack.var, stack.database_port, found))
    supervisor.start(programs.mails(stack))
    supervisor.start(services.files(stack.backing))
    supervisor.start(services.gateway(stack.backing))
    if stack.detours:
        (stack.run / "detours.json").write_text(json.dumps({part: stack.behind(part) for part in stack.detours}))
        supervisor.start(programs.detour(stack))
    supervisor.wait_ready()
    if stack.database == "mariadb":
        databases.prepare_mariadb(stack.var)
    else:
        databases.prepare_postgresql(stack.database_port)


def filling(*, demo: bool) -> list[Program]:
    """What fills the shop: the demo's goods where they are asked for, else tables alone; and style sheets."""
    if demo:
        demo_settings = {"DJANGO_SETTINGS_MODULE": "config.settings.demo"}
        return [Program("load", [programs.PYTHON, "manage.py", "load_demo"], environ=demo_settings)]
    return [
        programs.manage("tables", "migrate", "--verbosity", "0"),
        programs.manage("static", "collectstatic", "--verbosity", "0", "--noinput"),
    ]


def build(var: Path, supervisor: Supervisor, *, anew: bool) -> None:
    """The index of a restored shop, and the pages on disk where there are none."""
    if anew:
        supervisor.run(programs.manage("index", "search_rebuild", "--verbosity", "0"))
    if not (var / "pages" / "current" / "index.html").exists():
        supervisor.run(programs.manage("pages", "build_pages"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.stack", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8443), help="of https (8443)")
    parser.add_argument("--database", choices=DATABASES, default="mariadb")
    parser.add_argument("--demo", action="store_true", help="fill it with the demo's catalogue and accounts")
    parser.add_argument(
        "--detour", action="store_true", help="reach database and Redis by a way that can be slowed and cut"
    )
    parser.add_argument(
        "--restore", type=Path, metavar="DIR", help="begin empty, with what `manage.py backup DIR` saved"
    )
    parser.add_argument("--dir", type=Path, default=PROJECT / "var" / "stack", help="where it keeps everything")
    asked = parser.parse_args()
    var = asked.dir.resolve()
    (var / "run").mkdir(parents=True, exist_ok=True)
    output = Output()
    with (var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"Another stack runs on {var}; stop it first.")
        stack = plan(var=var, port=asked.port, database=asked.database, detour=asked.detour)
        try:
            with Supervisor(folder=PROJECT, environ=stack.environ, output=output, restarting=var / "run") as supervisor:
                try:
                    run(stack, supervisor, output, demo=asked.demo, backup=asked.restore)
                except Stopped:
                    output.say("stack", "stopping ...")
        except Failed as error:
            sys.exit(str(error))
    output.say("stack", "stopped.")


if __name__ == "__main__":
    main()
