from typing import Any

from django.core.management.base import BaseCommand

from ...services import make_windows


class Command(BaseCommand):
    help = "Makes the windows of the days to come: for a timer, in a site without Celery's beat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{make_windows()}")
