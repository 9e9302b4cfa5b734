"""The programs that a stack needs from the system: found, or installed from Debian's packages where that is allowed."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from running.supervisor import Failed

PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin", "/usr/local/sbin"])
POLICY = Path("/usr/sbin/policy-rc.d")
PACKAGES = {
    "nginx": ("nginx-light", "libnginx-mod-http-brotli-filter", "libnginx-mod-http-brotli-static"),
    "redis-server": ("redis-server",),
    "mariadbd": ("mariadb-server",),
    "postgres": ("postgresql",),
}
"""Program -> the packages of Debian that bring it."""


def program(name: str) -> str | None:
    """Where the program is; Debian keeps PostgreSQL's in folders of their own."""
    if found := shutil.which(name, path=PATH):
        return found
    return next((str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None)


def need(names: Iterable[str], *, tell: Callable[[str], None]) -> dict[str, str]:
    """Program -> its path, installing what is missing as root of a Debian; else a sentence says what to install."""
    missing = [package for name in names if program(name) is None for package in PACKAGES[name]]
    if missing:
        if os.geteuid() or shutil.which("apt-get") is None:
            raise Failed(f"The stack needs programs that are missing here: apt install {' '.join(missing)}")
        tell(f"installing {' '.join(missing)}")
        install(missing)
    return {name: path for name in names if (path := program(name)) is not None}


def install(packages: list[str]) -> None:
    """With a policy that forbids the packages to start their services: the stack starts its own."""
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n")
        POLICY.chmod(0o755)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
            done = subprocess.run(["apt-get", *command], env=environ, capture_output=True, text=True)  # noqa: S603, S607
            if done.returncode:
                raise Failed(f"apt-get {command[0]} failed: {done.stderr.strip().splitlines()[-1:] or done.returncode}")
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)
