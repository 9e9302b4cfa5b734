"""The files of a deployment: `manage.py render_deploy --out DIR`."""

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ...files import Deployment, brotli_modules, render

ASKED = (
    "project", "venv", "var", "run", "log", "env_file", "certificate", "key", "user", "nginx_user", "http_port", "https_port", "counter_port",
    "instances", "processes",
)  # fmt: skip


class Command(BaseCommand):
    help = "Writes nginx's, uwsgi's and systemd's files, a compose file and a Containerfile, for this site's settings."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, help="folder to write to")
        kinds = {each.name: each for each in fields(Deployment)}
        for name in ASKED:
            default = kinds[name].default
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default, help=f"({default})")
        parser.add_argument("--status", type=Path, help="folder of a page that nginx shows at /stack/")

    def handle(self, *_args: Any, out: Path, status: Path | None, verbosity: int, **options: Any) -> None:
        deployment = Deployment(site=settings.SITE_URL, modules=brotli_modules(), status=status)
        for path in render(replace(deployment, **{name: options[name] for name in ASKED}), out):
            if verbosity:
                self.stdout.write(str(path))
