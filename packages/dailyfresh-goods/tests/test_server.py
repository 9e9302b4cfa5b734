"""What depends on the database holds on a server too: the same tests again, and those that take two connections."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from dailyfresh_core.testing import service

HERE = Path(__file__).parent
MODULES = ("test_admin.py", "test_changes.py", "test_files.py", "test_imports.py", "test_uploads.py")


def test_changes_imports_and_the_admin_are_the_same_on_a_server() -> None:
    if os.environ.get("MINISITE_DATABASE_URL"):
        pytest.skip("this run is on a server")
    # Of a name of its own: the stages of CI share a server.
    url = urlsplit(service("DATABASE_URL"))._replace(path=f"/goods_{os.getpid()}").geturl()
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not prove", *MODULES],
        cwd=HERE,
        env=os.environ | {"MINISITE_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout
    assert "skipped" not in run.stdout
