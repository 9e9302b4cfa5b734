"""`python leash.py PARENT COMMAND...`: becomes a command that the kernel stops when the process PARENT ends.

So nothing stays behind however the supervisor dies, by SIGKILL too. Linux only; elsewhere the command just runs.
A program of its own because code between fork and exec must not meet the supervisor's threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606 - the command comes from services.py


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
