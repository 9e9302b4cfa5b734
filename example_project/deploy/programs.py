"""The programs of a stack that are neither a database nor the demo's."""

import os
import re
import shutil
import sys
from pathlib import Path

from demo import services
from running.supervisor import Failed, Program

from .plan import Plan

PYTHON = sys.executable
ROUTINE_OF_UWSGI = re.compile(r"^(?!.*(Traceback|Error|error|HARAKIRI|DAMN|fatal|killed))")
CELERY = [PYTHON, "-m", "celery", "--quiet", "-A", "celery_tasks.tasks"]


def redis(role: str, stack: Plan, server: str) -> Program:
    """Carts and broker never evict and are written to disk; the cache may forget."""
    folder = stack.var / f"redis-{role}"
    folder.mkdir(exist_ok=True)
    port = stack.behind(role)
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
    if role == "cache":
        command += ["--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru"]
    else:
        command += ["--appendonly", "yes", "--maxmemory-policy", "noeviction"]
    return Program(f"redis-{role}", command, at=port, hush=services.ROUTINE_OF_REDIS, backing=True)


def detour(stack: Plan) -> Program:
    """A way round to what backs the store, that can be slowed and cut."""
    ways = [f"{port}:{stack.behind(part)}" for part, port in stack.detours.items()]
    command = [PYTHON, "-m", "running.detour", str(stack.run / "moods.json"), *ways]
    return Program("detour", command, at=next(iter(stack.detours.values())), backing=True)


def mails(stack: Plan) -> Program:
    """A mail server that keeps what it takes in a Maildir."""
    command = [PYTHON, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{stack.mail_port}", "-c", "aiosmtpd.handlers.Mailbox"]
    return Program("mails", [*command, str(stack.var / "mails")], at=stack.mail_port, backing=True)


def web(number: int, stack: Plan, files: Path) -> Program:
    uwsgi = shutil.which("uwsgi", path=f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}")
    if uwsgi is None:
        raise Failed("uwsgi is not installed: pip install '.[stack]' in example_project.")
    command = [uwsgi, "--ini", str(files / f"uwsgi-{number}.ini")]
    return Program(f"uwsgi-{number}", command, at=stack.run / f"uwsgi-{number}.sock", hush=ROUTINE_OF_UWSGI)


def worker(stack: Plan) -> Program:
    return _worker("worker", stack, "-Q", "celery", "-c", "2")


def background(stack: Plan) -> Program:
    """What takes long and nobody waits for: gives way to everything else."""
    return _worker("background", stack, "-Q", "background", "-c", "1", nice=10)


def _worker(name: str, stack: Plan, *args: str, nice: int = 0) -> Program:
    command = [*CELERY, "worker", "-n", f"{name}@%h", "-l", "info", *args, "--without-gossip", "--without-mingle"]
    environ = {"METRICS_NAME": name, "PROMETHEUS_MULTIPROC_DIR": str(stack.run / "metrics")}
    before = ["nice", "-n", str(nice)] if nice else []
    return Program(name, [*before, *command], hush=services.ROUTINE_OF_THE_WORKER, environ=environ)


def beat(stack: Plan) -> Program:
    schedule = str(stack.var / "beat-schedule")
    return Program("beat", [*CELERY, "beat", "-l", "warning", "--pidfile", "", "--schedule", schedule])


def nginx(stack: Plan, files: Path, server: str) -> Program:
    log = str(stack.var / "log" / "nginx-error.log")
    command = [server, "-c", str(files / "nginx.conf"), "-p", str(stack.var), "-e", log, "-g", "daemon off;"]
    return Program("nginx", command, at=stack.https_port)


def manage(name: str, *args: str) -> Program:
    return Program(name, [PYTHON, "manage.py", *args])


def render(stack: Plan, files: Path) -> Program:
    """The files of this deployment, by the command that a real one uses."""
    var = stack.var
    options = {
        "--out": files, "--project": Path(__file__).resolve().parents[1], "--venv": sys.prefix, "--var": var, "--run": stack.run,
        "--log": var / "log", "--certificate": var / "tls.crt", "--key": var / "tls.key", "--http-port": stack.http_port,
        "--https-port": stack.https_port, "--counter-port": stack.counter_port, "--instances": stack.instances, "--status": var / "status",
        "--nginx-user": "root" if os.geteuid() == 0 else "",
    }  # fmt: skip
    words = [str(word) for pair in options.items() for word in pair]
    return manage("render", "render_deploy", "--verbosity", "0", *words)
