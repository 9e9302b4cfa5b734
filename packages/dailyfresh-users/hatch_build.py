"""Puts stubs into the wheel: `.ci/stubs.py` of the repository, which a source archive has beside this file."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path += [str(HERE), str(HERE.parent.parent / ".ci")]

from stubs import Stubs as Stubs  # noqa: E402
