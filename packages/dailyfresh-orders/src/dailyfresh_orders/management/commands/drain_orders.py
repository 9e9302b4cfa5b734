from typing import Any

from django.core.management.base import BaseCommand

from ...tasks import drain, drain_payments, draw_all_pictures


class Command(BaseCommand):
    help = "Does everything that is due: for a timer, in a site without Celery's beat."

    def handle(self, *args: Any, **options: Any) -> None:
        drain()
        drain_payments()
        draw_all_pictures()
