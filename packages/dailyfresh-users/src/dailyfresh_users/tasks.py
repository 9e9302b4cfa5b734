"""Both may be called any number of times: nothing is done twice."""

from dailyfresh_core.background.waking import task

from . import services


@task(ignore_result=True)
def drain() -> None:
    """Send the mails that are due and finish erasures: woken on commit, and by beat every 30 seconds."""
    services.send_due_mails()
    services.finish_erasures()


@task(ignore_result=True)
def tidy() -> None:
    """Remove accounts that were never activated, guests who left, sessions that are over and mails long sent: by beat, once an hour."""
    services.remove_unactivated()
    services.remove_old_guests()
    services.remove_expired_sessions()
    services.remove_old_mails()
