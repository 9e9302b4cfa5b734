"""`manage.py backup DIR`, or some parts of it: `manage.py backup DIR database carts`."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ...backup import PARTS, Backup


class Command(BaseCommand):
    help = "Saves database, carts, files and keys into a folder, while the shop is open."
    verb = "save"
    requires_system_checks = ()  # keys that are to be restored are missing until then

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "parts", nargs="*", choices=[*PARTS, []], default=[], help=f"by default all: {', '.join(PARTS)}"
        )

    def handle(self, *_args: Any, folder: Path, parts: list[str], **_options: Any) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = Backup(folder)
        for part in parts or PARTS:
            self.stdout.write(getattr(taken, f"{self.verb}_{part}")())
