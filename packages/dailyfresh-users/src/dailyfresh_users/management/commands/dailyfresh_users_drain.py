from typing import Any

from django.core.management.base import BaseCommand

from ... import services


class Command(BaseCommand):
    help = "Sends the mails that are due, finishes erasures and clears away what expired: for cron, in a site without Celery beat."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = services.send_due_mails()
        services.finish_erasures()
        removed = services.remove_unactivated()
        services.remove_expired_sessions()
        services.remove_old_mails()
        self.stdout.write(f"{sent} mails sent, {removed} accounts removed that were never activated")
