"""What names cost: a save, a URL and a question beside the storage without names, in turns.

On SQLite unless DATABASE_URL names a server. The two storages save by turns, one file each; the ratio is the median of the
pairs, and beside it the processor time that the names add in this process. In a transaction, as a view with its rows does, and committed
by itself, where the database's commit is added.
"""

import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from statistics import median

import django
from django.core.files.base import ContentFile
from django.db import transaction
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")

# So many pairs of saves share one.
TRANSACTION = 25
FILE_ID = "group1/M00/00/00/fwAAAWsDvrATgGbABDI4MZvhSc935.jpg"


def timed(storage, name: str, content: bytes) -> tuple[float, float]:
    """Seconds that a save takes: of the clock, and of this process's processor."""
    file = ContentFile(content)
    clock, processor = time.perf_counter(), time.process_time()
    storage.save(name, file)
    return time.perf_counter() - clock, time.process_time() - processor


def compare(nameless, named, size: int, *, pairs: int, inside: bool) -> str:
    """Save by turns and say what names cost."""
    content, rows = os.urandom(size), []
    folder = f"bench/{size}/{'inside' if inside else 'alone'}"
    for start in range(0, pairs, TRANSACTION):
        with transaction.atomic() if inside else nullcontext():
            for number in range(start, start + TRANSACTION):
                order = (nameless, named) if number % 2 else (named, nameless)
                taken = {storage: timed(storage, f"{folder}/{number}.bin", content) for storage in order}
                rows.append((taken[nameless], taken[named]))
    without, with_names = (median(row[side][0] for row in rows) for side in (0, 1))
    added = median(row[1][1] - row[0][1] for row in rows)
    return (
        f"save of {size // 1024:,} KB{' in a transaction' if inside else ''}: nameless {without * 1e3:.2f} ms, "
        f"named {with_names * 1e3:.2f} ms, costs {median(row[1][0] / row[0][0] for row in rows):.2f} x, "
        f"{added * 1e3:.2f} ms of processor time"
    )


def in_processor_time(work, count: int = 2000) -> float:
    """How often `work()` runs in a second of the processor: other work on the machine does not count."""
    rates = []
    for _ in range(9):
        start = time.process_time()
        for _ in range(count):
            work()
        rates.append(count / (time.process_time() - start))
    return median(rates)


def report(address: str, *, slices: int, seconds: float) -> None:
    """Print what names cost."""
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django_fdfs_storage.named.storage import NamedFastDFSStorage
    from django_fdfs_storage.storage import FastDFSStorage

    settings.FDFS_STORAGE = {"TRACKERS": [address]}
    databases = setup_databases(verbosity=0, interactive=False)
    nameless, named = FastDFSStorage(), NamedFastDFSStorage()
    print(f"names on {connection.vendor}, load {os.getloadavg()[0]:.1f}")
    pairs = max(TRANSACTION, int(slices * seconds * 100))
    for size in (10 * 1024, 1024 * 1024):
        for inside in (True, False):
            print(compare(nameless, named, size, pairs=pairs, inside=inside), flush=True)
    name = "bench/10240/inside/0.bin"
    named.url(name)
    print(f"url that is remembered: {in_processor_time(lambda: named.url(name)):,.0f}/s of processor time")
    print(f"url of a file id: {in_processor_time(lambda: nameless.url(FILE_ID)):,.0f}/s")
    with CaptureQueriesContext(connection) as queries:
        named.exists(name)
    print(f"exists: {len(queries)} statement, {in_processor_time(lambda: named.exists(name), 200):,.0f}/s")
    teardown_databases(databases, verbosity=0)
