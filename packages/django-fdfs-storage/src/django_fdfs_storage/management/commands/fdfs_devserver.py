from argparse import Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...devserver.command import add_arguments, run


class Command(BaseCommand):
    """The development server as a management command."""

    help = "Serve FastDFS for development: tracker, storage server and HTTP in one process."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The options of `python -m django_fdfs_storage.devserver`."""
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until SIGTERM or Ctrl-C."""
        run(Namespace(**options))
