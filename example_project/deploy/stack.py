"""The store as it is deployed, on loopback: `python -m deploy.stack`.

MariaDB or PostgreSQL, three Redis, FastDFS, the Alipay simulator, a Celery worker and beat, two uwsgi instances and nginx with TLS,
on the files that `manage.py render_deploy` writes and with production settings only.
"""

import argparse
import fcntl
import os
import re
import secrets
import shutil
import ssl
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from demo import services
from running.supervisor import Failed, Output, Program, Stopped, Supervisor, free_port

from . import certificate, databases, status, system

PROJECT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
DATABASES = {"mariadb": "mariadbd", "postgresql": "postgres"}
ROUTINE_OF_UWSGI = re.compile(r"^(?!.*(Traceback|Error|error|HARAKIRI|DAMN|fatal|killed))")


@dataclass(frozen=True)
class Plan:
    """The ports and folders of one stack."""

    var: Path
    database: str
    site: str
    https_port: int
    http_port: int
    web_ports: tuple[int, int]
    database_port: int
    redis_ports: dict[str, int]
    mail_port: int
    backing: services.Demo
    """FastDFS and the simulator, as the demo runs them."""

    @property
    def environ(self) -> dict[str, str]:
        """What every program of the stack has to know."""
        redis = {name: f"redis://127.0.0.1:{port}/0" for name, port in self.redis_ports.items()}
        kept = {key: value for key, value in self.backing.environ.items() if key.startswith(("FASTDFS", "ALIPAY"))}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": kept_secret(self.var / "secret_key"),
            "SITE_URL": self.site,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "TRUSTED_PROXIES": "127.0.0.1",
            "REDIS_URL": redis["carts"],
            "CACHE_URL": redis["cache"],
            "BROKER_URL": redis["broker"],
            "DRAIN_SECONDS": "5",
            "VAR_DIR": str(self.var),
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "ALLOW_LOOPBACK_SIMULATOR": "True",
        }


def kept_secret(path: Path) -> str:
    """A key that is drawn once and outlives restarts."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


def plan(*, var: Path, port: int, database: str) -> Plan:
    """Chooses the ports: the usual ones where they are free."""
    return Plan(
        var=var,
        database=database,
        site=f"https://127.0.0.1:{port}",
        https_port=port,
        http_port=free_port(8080),
        web_ports=(free_port(8101), free_port(8102)),
        database_port=free_port(23306),
        redis_ports={name: free_port(26379 + n) for n, name in enumerate(("carts", "cache", "broker"))},
        mail_port=free_port(8025),
        backing=services.plan(var=var, host="127.0.0.1", port=port, environ={}),
    )


def redis(name: str, port: int, var: Path, server: str) -> Program:
    """Carts and broker never evict and are written to disk; the cache may forget."""
    folder = var / f"redis-{name}"
    folder.mkdir(exist_ok=True)
    command = [
        server,
        "--bind",
        "127.0.0.1",
        "--port",
        str(port),
        "--dir",
        str(folder),
        "--save",
        "",
        "--loglevel",
        "warning",
    ]
    if name == "cache":
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
    else:
        command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    return Program(f"redis-{name}", command, port=port, hush=services.ROUTINE_OF_REDIS, backing=True)


def mails(stack: Plan) -> Program:
    """A mail server that keeps what it takes in a Maildir."""
    command = [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{stack.mail_port}", "-c", "aiosmtpd.handlers.Mailbox"]
    return Program("mails", [*command, str(stack.var / "mails")], port=stack.mail_port, backing=True)


def web(number: int, port: int, files: Path) -> Program:
    uwsgi = shutil.which("uwsgi", path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}")
    if uwsgi is None:
        raise Failed("uwsgi is not installed: pip install '.[stack]' in example_project.")
    return Program(
        f"uwsgi-{number}", [uwsgi, "--ini", str(files / f"uwsgi-{number}.ini")], port=port, hush=ROUTINE_OF_UWSGI
    )


def worker(run: Path) -> Program:
    command = [PYTHON, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks", "worker", "-l", "info", "-c", "2"]
    return Program(
        "worker",
        [*command, "--without-gossip", "--without-mingle"],
        hush=services.ROUTINE_OF_THE_WORKER,
        environ={"METRICS_NAME": "worker", "PROMETHEUS_MULTIPROC_DIR": str(run / "metrics")},
    )


def manage(name: str, *args: str) -> Program:
    return Program(name, [PYTHON, "manage.py", *args])


def render(stack: Plan, files: Path) -> Program:
    """The files that the stack runs on, for this folder and these ports."""
    var = stack.var
    options = {
        "--out": files, "--project": PROJECT, "--venv": sys.prefix, "--var": var, "--run": var / "run", "--log": var / "log",
        "--certificate": var / "tls.crt", "--key": var / "tls.key", "--http-port": stack.http_port,
        "--https-port": stack.https_port, "--status": var / "status", "--nginx-user": "root" if os.geteuid() == 0 else "",
    }  # fmt: skip
    pairs = [str(part) for pair in options.items() for part in pair]
    return manage("render", "render_deploy", "--verbosity", "0", *pairs, "--ports", *map(str, stack.web_ports))


def answers(url: str, *, seconds: float = 60) -> None:
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


def run(stack: Plan, supervisor: Supervisor, output: Output, *, demo: bool) -> None:
    """Start everything in order, say where it is, and stay until a signal."""
    started, var, files = time.monotonic(), stack.var, stack.var / "deploy"

    def say(line: str) -> None:
        output.say("stack", line)

    programs = system.need(["nginx", "redis-server", DATABASES[stack.database]], tell=say)
    for folder in ("run", "log", "status", "nginx", "pages"):
        (var / folder).mkdir(exist_ok=True)
    certificate.make(var / "tls.crt", var / "tls.key")
    for name, port in stack.redis_ports.items():
        supervisor.start(redis(name, port, var, programs["redis-server"]))
    if stack.database == "mariadb":
        supervisor.start(databases.mariadb(var, stack.database_port, programs))
    else:
        supervisor.start(databases.postgresql(var, stack.database_port, programs))
    supervisor.start(mails(stack))
    supervisor.start(services.files(stack.backing))
    supervisor.start(services.gateway(stack.backing))
    supervisor.wait_ready()
    mariadb = stack.database == "mariadb"
    prepare = (
        databases.prepare_mariadb(var, stack.database_port)
        if mariadb
        else databases.prepare_postgresql(stack.database_port)
    )
    supervisor.environ["DATABASE_URL"] = prepare
    (var / "stack.env").write_text("".join(f"{key}={value}\n" for key, value in supervisor.environ.items()))
    supervisor.run(render(stack, files))
    if demo:
        demo_settings = {"DJANGO_SETTINGS_MODULE": "config.settings.demo"}
        supervisor.run(Program("load", [PYTHON, "manage.py", "load_demo"], environ=demo_settings))
    else:
        supervisor.run(manage("tables", "migrate", "--verbosity", "0"))
        supervisor.run(manage("static", "collectstatic", "--verbosity", "0", "--noinput"))
    if not (var / "pages" / "current" / "index.html").exists():
        supervisor.run(manage("pages", "build_pages"))
    for number, port in enumerate(stack.web_ports, start=1):
        supervisor.start(web(number, port, files))
    beat = [
        "-A",
        "celery_tasks.tasks",
        "beat",
        "-l",
        "warning",
        "--pidfile",
        "",
        "--schedule",
        str(var / "beat-schedule"),
    ]
    supervisor.start(worker(var / "run"))
    supervisor.start(Program("beat", [PYTHON, "-m", "celery", "--quiet", *beat]))
    supervisor.wait_ready()
    nginx = [
        programs["nginx"],
        "-c",
        str(files / "nginx.conf"),
        "-p",
        str(var),
        "-e",
        str(var / "log" / "nginx-error.log"),
    ]
    supervisor.start(Program("nginx", [*nginx, "-g", "daemon off;"], port=stack.https_port))
    supervisor.wait_ready()
    answers(f"{stack.site}/healthz")
    status.write(var / "status" / "index.html", stack.site, supervisor.running)
    for line in (
        "",
        f"The store is open: {stack.site}/   ({time.monotonic() - started:.0f} s)   the certificate is its own: {var / 'tls.crt'}",
        f"  what runs   {stack.site}/stack/",
        f"  data        {var}   (delete it to begin anew); stack.env there holds the variables",
        "Ctrl-C stops all of it.",
        "",
    ):
        say(line)
    supervisor.watch()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.stack", description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8443), help="of https (8443)")
    parser.add_argument("--database", choices=DATABASES, default="mariadb")
    parser.add_argument("--demo", action="store_true", help="fill it with the demo's catalogue and accounts")
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
        stack = plan(var=var, port=asked.port, database=asked.database)
        try:
            with Supervisor(folder=PROJECT, environ=stack.environ, output=output, restarting=var / "run") as supervisor:
                try:
                    run(stack, supervisor, output, demo=asked.demo)
                except Stopped:
                    output.say("stack", "stopping ...")
        except Failed as error:
            sys.exit(str(error))
    output.say("stack", "stopped.")


if __name__ == "__main__":
    main()
