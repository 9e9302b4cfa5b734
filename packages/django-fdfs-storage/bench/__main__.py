"""Uploads and downloads beside fdfs-client-py3, and what names cost, against the development server or FDFS_TRACKER.

    python -m bench [--slices 40] [--seconds 0.1]

The clients take short turns and each figure is the median of its turns: the machine's moods meet
both alike.
"""

import argparse
import contextlib
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median

from django_fdfs_storage.client import FastDFSClient

from . import named

SIZES = {"10 KB": 10 * 1024, "1 MB": 1024 * 1024}


@contextlib.contextmanager
def tracker() -> Iterator[str]:
    """An external tracker if FDFS_TRACKER names one, else a development server in its own process."""
    if external := os.environ.get("FDFS_TRACKER"):
        yield external
        return
    command = [sys.executable, "-m", "django_fdfs_storage.devserver", "--no-http"]
    with tempfile.TemporaryDirectory() as directory:
        ports = ["--dir", directory, "--tracker-port", "0", "--storage-port", "0"]
        with subprocess.Popen([*command, *ports], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            yield server.stdout.readline().split("tracker ")[1].strip()
            server.terminate()


class Ours:
    """This package's client."""

    name = "django-fdfs-storage"

    def __init__(self, tracker: str) -> None:
        self.make = lambda: FastDFSClient([tracker])

    def upload(self, client: FastDFSClient, content: bytes) -> str:
        return client.upload(content, extension="bin")

    def download(self, client: FastDFSClient, file_id: str) -> bytes:
        return client.download(file_id)

    def close(self, client: FastDFSClient) -> None:
        client.close()


class Theirs:
    """fdfs-client-py3 1.0.0."""

    name = "fdfs-client-py3"

    def __init__(self, tracker: str) -> None:
        from fdfs_client.client import Fdfs_client

        with tempfile.NamedTemporaryFile("w", suffix=".conf", delete=False) as file:
            file.write(f"[__config__]\nconnect_timeout=30\ntracker_server={tracker}\n")
        self.configuration = Path(file.name)
        self.make = lambda: Fdfs_client(file.name)

    def upload(self, client, content: bytes) -> str:
        return client.upload_by_buffer(content, file_ext_name="bin")["Remote file_id"]

    def download(self, client, file_id: str) -> bytes:
        return client.download_to_buffer(file_id.encode())["Content"]

    def close(self, client) -> None:
        client.tracker_pool.destroy()


class Run:
    """One side of one row: its client, and the files it works on."""

    def __init__(self, side, size: int, *, reuse: bool) -> None:
        self.side, self.reuse, self.size = side, reuse, size
        self.content = os.urandom(size)
        self.client = side.make()
        self.stock: list[str] = []
        self.rates: list[float] = []

    def work(self, what: str, seconds: float) -> None:
        """Operate for some time and note the rate."""
        count, start = 0, time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()):
            while (elapsed := time.perf_counter() - start) < seconds or not count:
                if not self.reuse:
                    self.side.close(self.client)
                    self.client = self.side.make()
                if what == "upload":
                    self.stock.append(self.side.upload(self.client, self.content))
                else:
                    file_id = self.stock[count % len(self.stock)]
                    assert len(self.side.download(self.client, file_id)) == self.size
                count += 1
        self.rates.append(count / elapsed)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slices", type=int, default=40, help="turns of each client in each row")
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a turn")
    options = parser.parse_args()
    with tracker() as address:
        sides = [Ours(address), Theirs(address)]
        cleaner = FastDFSClient([address])
        print(f"{'operations in a second, medians':34}{'ours':>10}{'py3':>10}{'ratio':>8}")
        for (label, size), reuse in product(SIZES.items(), (True, False)):
            runs = [Run(side, size, reuse=reuse) for side in sides]
            for what in ("upload", "download"):
                for _ in range(options.slices):
                    for run in runs:
                        run.work(what, options.seconds)
                ours, theirs = (median(run.rates) for run in runs)
                row = f"{what} {label}, {'one client' if reuse else 'new client each'}"
                print(f"{row:34}{ours:10,.0f}{theirs:10,.0f}{ours / theirs:8.2f}", flush=True)
                for run in runs:
                    run.rates.clear()
            for run in runs:
                run.side.close(run.client)
                for file_id in run.stock:
                    cleaner.delete(file_id)
        cleaner.close()
        sides[1].configuration.unlink()
        named.report(address, slices=options.slices, seconds=options.seconds)


if __name__ == "__main__":
    main()
