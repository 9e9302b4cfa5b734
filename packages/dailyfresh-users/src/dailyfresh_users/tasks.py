"""Both may be called any number of times: nothing is done twice."""

from celery import shared_task

from .services import accounts, mails, privacy, sessions


@shared_task(ignore_result=True)
def drain() -> None:
    """Send the mails that are due and finish erasures: woken on commit, and by beat every 30 seconds."""
    mails.send_due_mails()
    privacy.finish_erasures()


@shared_task(ignore_result=True)
def tidy() -> None:
    """Remove accounts that were never activated, sessions that are over and mails long sent: by beat, once an hour."""
    accounts.remove_stale()
    sessions.remove_expired()
    mails.remove_old()
