"""What names cost: a save, a URL and a question beside the storage without names, in turns.

On SQLite unless DATABASE_URL names a server. The ratio of a save is the median of the ratios of its turns, and the least of them.
"""

import os
import sys
import time
from pathlib import Path
from statistics import median

import django
from django.core.files.base import ContentFile
from django.test.utils import CaptureQueriesContext, setup_databases, teardown_databases

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minisite.settings")

FILE_ID = "group1/M00/00/00/fwAAAWsDvrATgGbABDI4MZvhSc935.jpg"


def rate(work, seconds: float) -> float:
    """How often `work(number)` runs in a second."""
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds or not count:
        work(count)
        count += 1
    return count / elapsed


def saving(storage, folder: str, size: int):
    """Save content of that size under a name of its own."""
    content = os.urandom(size)
    return lambda number: storage.save(f"bench/{folder}/{number}.bin", ContentFile(content))


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
    for size in (10 * 1024, 1024 * 1024):
        ratios, rates = [], ([], [])
        for turn in range(slices):
            for storage, kept in zip((nameless, named), rates, strict=True):
                kept.append(rate(saving(storage, f"{size}/{turn}", size), seconds))
            ratios.append(rates[0][-1] / rates[1][-1])
        print(
            f"save of {size // 1024:,} KB: nameless {median(rates[0]):,.0f}/s, named {median(rates[1]):,.0f}/s, "
            f"costs {median(ratios):.2f} x (least {min(ratios):.2f})"
        )
    name = "bench/10240/0/0.bin"
    named.url(name)
    print(f"url that is remembered: {in_processor_time(lambda: named.url(name)):,.0f}/s of processor time")
    print(f"url of a file id: {in_processor_time(lambda: nameless.url(FILE_ID)):,.0f}/s")
    with CaptureQueriesContext(connection) as queries:
        named.exists(name)
    print(f"exists: {len(queries)} statement, {in_processor_time(lambda: named.exists(name), 200):,.0f}/s")
    teardown_databases(databases, verbosity=0)
