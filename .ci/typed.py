"""How much of what each package exports has a type that is said, as `pyright --verifytypes` counts: at least 98 of a hundred.

Fields of models and the options of Django's classes have theirs in stubs, which a wheel brings (`stubs.py`): here they are judged.
"""

import json
import subprocess
import sys
from pathlib import Path

LEAST = 98
PACKAGES = sorted(path.parent.name for path in Path(__file__).resolve().parent.parent.glob("packages/*/src/*/py.typed"))


def score(name: str) -> float:
    """In hundredths; asked from a folder without sources, else these are judged and not what is installed."""
    command = [sys.executable, "-m", "pyright", "--ignoreexternal", "--outputjson", "--verifytypes", name]
    done = subprocess.run(command, cwd="/", stdout=subprocess.PIPE, text=True)
    return float(100 * json.loads(done.stdout)["typeCompleteness"]["completenessScore"])


def main() -> int:
    found = {name: score(name) for name in PACKAGES}
    for name, there in found.items():
        print(f"typed: {name}: {there:.1f} %, at least {LEAST}", flush=True)
    return sum(there < LEAST for there in found.values())


if __name__ == "__main__":
    sys.exit(main())
