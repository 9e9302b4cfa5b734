from typing import Any

from django.core.management.base import BaseCommand

from ...services import accounts, mails, privacy, sessions


class Command(BaseCommand):
    help = "Sends the mails that are due, finishes erasures and clears away what expired: for cron, in a site without Celery beat."

    def handle(self, *args: Any, **options: Any) -> None:
        sent = mails.send_due_mails()
        privacy.finish_erasures()
        removed = accounts.remove_stale()
        sessions.remove_expired()
        mails.remove_old()
        self.stdout.write(f"{sent} mails sent, {removed} accounts removed that were never activated")
