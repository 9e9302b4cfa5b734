from typing import Any

from django.core.management.base import BaseCommand

from ...roles import make_roles


class Command(BaseCommand):
    help = "Makes the groups for the roles of the shop's staff: owner, catalogue, picker, support, finance."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(", ".join(make_roles()))
