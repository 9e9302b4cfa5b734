from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...simulator.__main__ import add_arguments, run


class Command(BaseCommand):
    help = "Run a stand-in for Alipay on this machine: the open API, a cashier, and switches for faults."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_arguments(parser)

    def handle(
        self, *args: Any, host: str, port: int, dir: Path, time_scale: float, keys_only: bool, **options: Any
    ) -> None:
        run(host, port, dir, time_scale, keys_only)
