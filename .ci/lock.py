"""Writes the lock files in `lock/` anew, from what the projects and tox.ini ask for: `make lock`; LOCK="--upgrade" takes what is newest.

Each names exact versions for every Python that is claimed, with the hashes of their files, and no index: what serves them is the
machine's own business.
"""

import subprocess
import sys
from collections.abc import Iterator
from configparser import RawConfigParser

from environment import PACKAGES, ROOT, TESTS, TOOLS

OLDEST = "3.11"
BUILDING = ["editables", "hatchling", "setuptools", "setuptools-scm", "wheel"]
"""What builds the packages here and those that come as sources; with them building is locked too."""
LOCAL = [*(path.name for path in PACKAGES), "dailyfresh-store"]


def deps_of_tox() -> Iterator[str]:
    """The requirements that tox.ini names itself, without the conditions before them and without Django, of which there are several."""
    config = RawConfigParser(comment_prefixes="#")
    config.read(ROOT / "tox.ini")
    for name in config.sections():
        for line in config.get(name, "deps", fallback="").splitlines():
            requirement = line.rpartition(": ")[2].strip()
            if requirement and not requirement.startswith(("{", "Django ")):
                yield requirement


def wanted() -> dict[str, list[str]]:
    """Lock file -> what goes into it."""
    store = "-e ./example_project"
    packages = [f"-e ./{path.relative_to(ROOT)}" for path in PACKAGES]
    everything = [f"{package}[all]" for package in packages if "simulator" not in package]
    simulator = next(f"{package}[test]" for package in packages if "simulator" in package)
    return {
        "ci": [
            *everything,
            simulator,
            f"{store}[demo,stack,tracing,test]",
            *BUILDING,
            "uv",
            *TOOLS,
            *TESTS,
            *deps_of_tox(),
        ],
        "demo": [*packages, f"{store}[demo]"],
        "stack": [*packages, f"{store}[stack]"],
        "test": TOOLS,
        "uv": ["uv"],
        "audit": ["cyclonedx-bom>=7", "pip-audit>=2.9"],
    }


def main(*options: str) -> None:
    for name, requirements in wanted().items():
        left_out = [*LOCAL, *(["django"] if name == "ci" else [])]
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", OLDEST]
        command += ["--generate-hashes", "--no-annotate", "--custom-compile-command", "make lock"]
        command += [word for package in left_out for word in ("--no-emit-package", package)]
        command += [
            "--output-file",
            f"lock/{name}.txt",
            *options,
            *(["-c", "lock/ci.txt"] if name != "ci" else []),
            "-",
        ]
        subprocess.run(command, cwd=ROOT, input="\n".join(requirements), text=True, check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
