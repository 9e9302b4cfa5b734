"""What the worker and beat write down."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SCRIPT = """
import logging
import django
django.setup()
from celery.beat import SchedulingError
from celery.utils.log import get_multiprocessing_logger, get_task_logger
from celery_tasks.tasks import app
from django.db import OperationalError
from django_guid import set_guid
app.log.setup(loglevel="INFO")
set_guid("abc123")
get_multiprocessing_logger().error("a process ended")
logging.getLogger("some.package").warning("a package says so")
get_task_logger("some.task").warning("a task says so")
try:
    raise SchedulingError("not sent")
except SchedulingError as error:
    logging.getLogger("celery.beat").error("Message Error: %s %s", error, ["its stack"], exc_info=True)
try:
    raise OperationalError(2002, "no server")
except OperationalError:
    logging.getLogger("some.package").exception("a drain failed")
"""


def test_each_line_has_its_request_and_what_is_away_is_one_line() -> None:
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.tests"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert [line.partition("[abc123] ")[2] for line in lines] == [
        "a process ended",
        "a package says so",
        "a task says so",
        "not sent",
        "a drain failed (OperationalError: (2002, 'no server'))",
    ]
