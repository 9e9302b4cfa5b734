"""The store on one machine: `manage.py demo`."""

import argparse
import fcntl
import os
import time
import urllib.request
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from running.supervisor import Failed, Output, Stopped, Supervisor, is_free

from ... import services
from ...accounts import BUYER, MERCHANT, PASSWORD, STAFF


class Command(BaseCommand):
    help = (
        "Runs the whole store: web server, Celery worker and beat, Redis, FastDFS, Alipay simulator. Ctrl-C stops it."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000), help="of the site (8000)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="address of the site; others can reach none but loopback"
        )
        parser.add_argument("--bare", action="store_true", help="a first start makes no weeks of trade: goods alone")

    def handle(self, *_args: Any, port: int, host: str, bare: bool, **_options: Any) -> None:
        started = time.monotonic()
        var = Path(settings.VAR_DIR)
        lock = lock_folder(var)
        if not is_free(port, host):
            raise CommandError(
                f"Port {port} is in use; choose another one: PORT={port + 1} make demo, or manage.py demo --port {port + 1}"
            )
        demo = services.plan(var=var, host=host, port=port, environ=os.environ)
        output = Output()
        note = var / "demo.env"
        note.write_text("".join(f"{name}={value}\n" for name, value in demo.environ.items()))
        try:
            with Supervisor(folder=settings.BASE_DIR, environ=demo.environ, output=output) as supervisor:
                try:
                    self.run(supervisor, demo, output, started, bare=bare)
                except Stopped:
                    output.say("demo", "stopping ...")
        except Failed as error:
            raise CommandError(str(error)) from error
        finally:
            note.unlink(missing_ok=True)
            lock.close()
        output.say("demo", "stopped.")

    def run(self, supervisor: Supervisor, demo: services.Demo, output: Output, started: float, *, bare: bool) -> None:
        """Starts the programs in order, tells where everything is, and stays until a signal."""
        if demo.redis_url is None:
            program, warning = services.redis(demo)
            supervisor.start(program)
            if warning:
                output.say("demo", f"warning: {warning}")
        supervisor.start(services.files(demo))
        supervisor.start(services.gateway(demo))
        supervisor.wait_ready()
        supervisor.run(services.load(bare=bare))
        for program in (services.web(demo), services.worker(), services.beat(demo)):
            supervisor.start(program)
        supervisor.wait_ready()
        with urllib.request.urlopen(f"{demo.site}/", timeout=300):  # noqa: S310 - compiles the templates of the first page
            pass
        for line in welcome(demo, seconds=time.monotonic() - started):
            output.say("demo", line)
        supervisor.watch()


def lock_folder(var: Path) -> IO[str]:
    """The lock of the demo's folder, which is made if need be; a second demo on the same data is refused."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = (var / "demo.lock").open("w")
    except OSError as error:
        raise CommandError(
            f"Cannot write to {var} ({error.strerror}); choose another folder: VAR_DIR=... manage.py demo"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(f"Another demo is running on {var}; stop it first.") from error
    return lock


def welcome(demo: services.Demo, *, seconds: float) -> list[str]:
    """Where everything is."""
    return [
        "",
        f"The store is open: {demo.site}/          English: {demo.site}/en/          ({seconds:.0f} s)",
        f"  buyer       {BUYER:10} password {PASSWORD}",
        f"  merchant    {MERCHANT:10} password {PASSWORD}   {demo.site}/admin/",
        f"  staff       {', '.join(STAFF)}: what each may do, with the same password",
        f"  mails       {demo.site}/demo/mails/   (files in {demo.var / 'mails'})",
        f"  Alipay      {demo.gateway}/   a simulator: no money moves",
        f"  data        {demo.var}   (delete it to begin anew)",
        f"  to read     {settings.BASE_DIR.parent / 'docs' / 'README.md'}   says what to read first",
        "Ctrl-C stops all of it.",
        "",
    ]
