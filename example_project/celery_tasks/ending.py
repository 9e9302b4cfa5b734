"""A worker that ends because something broke in it, and not because it was asked to, ends soon: it is begun anew only then."""

import os
import signal
from threading import Timer
from typing import Any

from celery import bootsteps

SECONDS = 5.0
"""What its tasks may still take: each works off rows that the next one finds again."""


class InTime(bootsteps.StartStopStep):  # type: ignore[misc]
    """Celery would wait for its tasks without end, and take no new one meanwhile."""

    def close(self, parent: Any) -> None:
        if parent.exitcode:
            timer = Timer(SECONDS, os.kill, (os.getpid(), signal.SIGKILL))
            timer.daemon = True
            timer.start()
