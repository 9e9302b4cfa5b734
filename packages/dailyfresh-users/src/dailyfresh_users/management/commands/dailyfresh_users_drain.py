from typing import Any

from django.core.management.base import BaseCommand

from ...services import accounts, mails, sessions


class Command(BaseCommand):
    help = "Sends the mails that are due and clears away what expired: for cron, in a site without Celery beat."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = mails.send_due_mails()
        removed = accounts.remove_stale()
        sessions.remove_expired()
        mails.remove_old()
        self.stdout.write(f"{sent} mails sent, {removed} accounts removed that were never activated")
